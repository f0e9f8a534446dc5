"""The village meeting (QĐ 24/2021/QĐ-TTg, Điều 4 khoản 3; biên bản Phụ lục V TT 07/2021)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Case as Choice
from django.db.models import F, OuterRef, Subquery, Value, When

from cases.models import Meeting, Tally, User, VillageReview
from cases.sets import insert_rows
from workflow.acts.deed import perform
from workflow.acts.guards import enough_agree
from workflow.machine.apply import Deed, Done
from workflow.machine.refusals import Refused, refusal
from workflow.machine.scope import Scope


class Votes(NamedTuple):
    """How people voted on one household; who said nothing is counted among those attending."""

    agree: int
    disagree: int = 0
    no_opinion: int = 0


@dataclass(frozen=True)
class Minutes:
    """What the minutes of a meeting say of the meeting itself."""

    held_on: date
    place: str
    chair: User
    secretary_name: str
    attendance: int
    committee_present: int
    reviewers_present: int
    households_present: int
    organisations_present: int
    front_invited: bool
    minutes_number: str
    minutes_signed: bool


def hold_meeting(
    *,
    village_review: VillageReview,
    minutes: Minutes,
    tallies: Mapping[str, Votes],
    by: User,
    at: datetime,
    key: str,
    conflict_note: str = "",
) -> Done:
    """
    Record a meeting: households with at least half of all attending go on, the others are
    surveyed again and need a new meeting. `tallies` maps household codes to votes.

    :raises Refused: if a condition of the meeting is not met, or a household has no tally
    """
    scope = Scope(village_review.round, village_review)
    facts = asdict(minutes) | {
        "chair": minutes.chair.pk,
        "held_on": minutes.held_on.isoformat(),
        "tallies": {code: list(votes) for code, votes in tallies.items()},
    }
    del facts["secretary_name"]

    def write(deed: Deed) -> None:
        meeting = _write_meeting(deed, village_review, minutes)
        _write_tallies(deed, meeting, tallies)
        tally = Tally.objects.filter(meeting=meeting, case=OuterRef("pk"))
        deed.cases().update(
            meeting_attendance=Value(minutes.attendance),
            meeting_agree=Subquery(tally.values("agree")),
        )
        deed.sets["agreed_class"] = Choice(
            When(enough_agree(deed.asking), then=F("result_class")), default=Value("")
        )

    return perform(
        "hold_meeting",
        scope,
        by=by,
        at=at,
        key=key,
        facts=facts,
        write=write,
        conflict_note=conflict_note,
    )


def _write_meeting(deed: Deed, review: VillageReview, minutes: Minutes) -> Meeting:
    return Meeting.objects.create(
        village_review=review,
        number=review.meetings.count() + 1,
        held_on=minutes.held_on,
        place=minutes.place,
        chair_name=minutes.chair.get_full_name(),
        secretary_name=minutes.secretary_name,
        attendance=minutes.attendance,
        committee_present=minutes.committee_present,
        organisations_present=minutes.organisations_present,
        reviewers_present=minutes.reviewers_present,
        households_present=minutes.households_present,
        front_invited=minutes.front_invited,
        minutes_number=minutes.minutes_number,
        act=deed.act,
    )


def _write_tallies(deed: Deed, meeting: Meeting, tallies: Mapping[str, Votes]) -> None:
    cases = {c.code: c for c in deed.cases().only("pk", "code", "state", "result_class")}
    strangers = [code for code in tallies if code not in cases]
    if strangers:
        raise Refused(
            deed.declared.code,
            [refusal(deed.pack, "unknown_case", case_code=code) for code in strangers],
        )
    insert_rows(
        Tally,
        (
            "meeting",
            "case",
            "household_class",
            "agree",
            "disagree",
            "no_opinion",
            "attendance",
        ),
        [
            (meeting.pk, cases[code].pk, cases[code].result_class, *votes, meeting.attendance)
            for code, votes in tallies.items()
        ],
    )
