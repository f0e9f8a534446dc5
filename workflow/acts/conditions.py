"""What each condition code of the packs asks of an act's facts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from cases.duties import Duty
from cases.models import Decision, Meeting, Survey, User
from cases.permissions import holds_duty
from workflow.machine.bindings import Asking, condition

AS_A_WHOLE: tuple[str, ...] = ()


def _fails_unless(fulfilled: object) -> tuple[str, ...] | None:
    return None if fulfilled else AS_A_WHOLE


def _facts(asking: Asking) -> Mapping[str, Any]:
    return asking.facts or {}


def in_window(asking: Asking, day: date) -> bool:
    """Test if the day lies in the review's window of its year, both ends included."""
    first, last = asking.pack.window
    year = asking.round.year
    return date(year, *first) <= day <= date(year, *last)


@condition
def within_window(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(in_window(asking, asking.legal_day))


@condition
def papers_on_file(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    return _fails_unless(facts.get("plan_paper") and facts.get("committee_paper"))


@condition
def form_on_file(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("form_number"))


@condition
def surveyed_in_round(asking: Asking) -> tuple[str, ...] | None:
    days = {code: date.fromisoformat(day) for code, day in _facts(asking)["days"].items()}
    late = [
        code for code, day in days.items() if not in_window(asking, day) or day > asking.legal_day
    ]
    return tuple(late) or None


@condition
def surveyed_anew(asking: Asking) -> tuple[str, ...] | None:
    # Why a household is surveyed again: the meeting's own day, else that of the act.
    meeting = Meeting.objects.filter(act=OuterRef("last_act")).values("held_on")[:1]
    again = asking.round.cases.filter(state__in=("disagreed", "contested", "objected"))
    since = again.values_list("code", Coalesce(Subquery(meeting), F("last_act__legal_day")))
    days = _facts(asking)["days"]
    early = [code for code, day in since if code in days and date.fromisoformat(days[code]) < day]
    return tuple(early) or None


@condition
def not_decided_yet(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(not Decision.objects.filter(round=asking.round).exists())


@condition
def met_in_round(asking: Asking) -> tuple[str, ...] | None:
    held_on = date.fromisoformat(_facts(asking)["held_on"])
    sheets = Survey.objects.filter(
        case__village_review=asking.village_review,
        case__state="classified",
        attempt=F("case__attempt"),
    )
    surveyed = sheets.aggregate(last=Max("surveyed_on"))["last"]
    return _fails_unless(
        in_window(asking, held_on)
        and held_on <= asking.legal_day
        and (surveyed is None or surveyed <= held_on)
    )


@condition
def chaired_by_village_head(asking: Asking) -> tuple[str, ...] | None:
    chair = User.objects.filter(pk=_facts(asking).get("chair") or 0).first()
    review = asking.village_review
    return _fails_unless(
        chair and review and holds_duty(chair, Duty.CHAIR_MEETING, review, ["VILLAGE"])
    )


@condition
def required_people_present(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    required = ("committee_present", "reviewers_present", "households_present")
    return _fails_unless(all(facts.get(name, 0) >= 1 for name in required))


@condition
def parts_fit_attendance(asking: Asking) -> tuple[str, ...] | None:
    # Each by itself: one person may come as reviewer and for a household.
    facts = _facts(asking)
    parts = (
        "committee_present",
        "reviewers_present",
        "households_present",
        "organisations_present",
    )
    return _fails_unless(all(facts.get(name, 0) <= facts["attendance"] for name in parts))


@condition
def front_invited(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("front_invited"))


@condition
def tally_fits_attendance(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    if facts["attendance"] < 1:
        return AS_A_WHOLE
    too_many = [
        code for code, votes in facts["tallies"].items() if sum(votes) > facts["attendance"]
    ]
    return tuple(too_many) or None


@condition
def minutes_signed(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    return _fails_unless(facts.get("minutes_number") and facts.get("minutes_signed"))


@condition
def posted_at_both_places(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    return _fails_unless(facts.get("village_place") and facts.get("commune_place"))


@condition
def no_other_posting_open(asking: Asking) -> tuple[str, ...] | None:
    review = asking.village_review
    open_one = review and review.postings.filter(case__isnull=True, closed_at__isnull=True).exists()
    return _fails_unless(not open_one)


@condition
def complaint_written_down(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    return _fails_unless(facts.get("complainant") and facts.get("content"))


@condition
def report_numbered(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("number"))


@condition
def opinion_in_writing(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("number"))


@condition
def each_question_has_a_reason(asking: Asking) -> tuple[str, ...] | None:
    questions: Mapping[str, str] = _facts(asking).get("questions", {})
    reported = set(
        asking.round.cases.filter(code__in=questions, state="reported").values_list(
            "code", flat=True
        )
    )
    bad = [code for code, reason in questions.items() if not reason.strip() or code not in reported]
    return tuple(bad) or None


@condition
def decision_numbered(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("number"))
