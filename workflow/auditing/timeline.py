"""
What happened to one case, act by act, in plain words: who, with which duty, what changed, why.

A missing number is told where it is missing; an erased snapshot says that it was erased.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cases.models import (
    Case,
    Complaint,
    DecisionItem,
    IncomeRecord,
    OpinionItem,
    PostedEntry,
    Posting,
    RefusalLetter,
    Screening,
    Survey,
    Tally,
    UnitVersion,
)
from cases.rules.packs import Pack
from cases.rules.packs.catalogue import HOLDERS
from workflow.auditing.editions import packs_of, state_words
from workflow.auditing.words import Said, blank, changes, said
from workflow.templatetags.rasoat import CLASS_TITLES
from workflow.titles import act_title

PAPER_NUMBERS = ("number", "minutes_number", "form_number", "paper")
_HOLDERS = {holder.duty: holder.title for holder in HOLDERS}


@dataclass(frozen=True)
class Told:
    """One act on the case; `missing`: no act but numbers of events that are not there."""

    number: int
    missing: int = 0
    at: datetime | None = None
    code: str = ""
    title: str = ""
    who: str = ""
    on_behalf_of: str = ""
    duty: str = ""
    unit: str = ""
    article: str = ""
    act_number: int = 0
    device_at: datetime | None = None
    from_state: str = ""
    to_state: str = ""
    changes: list[dict[str, str]] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    erased: bool = False
    does_not_follow: bool = False  # it does not begin where the event before it ended


def timeline(case: Case) -> list[Told]:
    """Return what happened to the case, in the order of its events; a constant number of queries."""
    rows = list(
        case.events.order_by("sequence").values_list(
            "sequence",
            "from_state",
            "to_state",
            "snapshot",
            "act_id",
            "act__code",
            "act__pack",
            "act__actor_name",
            "act__on_behalf_of",
            "act__duty",
            "act__duty_unit_id",
            "act__article",
            "act__sequence",
            "act__at",
            "act__device_at",
            "act__legal_day",
            "act__facts",
        )
    )
    papers = _papers(case, [row[4] for row in rows])
    units = _unit_names({(row[10], row[15]) for row in rows})
    packs = packs_of(row[6] for row in rows)
    told: list[Told] = []
    expected, state, before = 1, "new", blank()
    for row in rows:
        if row[0] > expected:
            told.append(Told(expected, missing=row[0] - expected))
        after = said(row[3])
        told.append(_told(row, state, before, after, papers.get(row[4], ([], [])), units, packs))
        expected, state = row[0] + 1, row[2]
        before = after if after is not None else before
    if case.version >= expected:
        told.append(Told(expected, missing=case.version - expected + 1))
    return told


def _told(
    row: tuple[Any, ...],
    state: str,
    before: Said,
    after: Said | None,
    paper: tuple[list[dict[str, Any]], list[str]],
    units: dict[tuple[int, date], str],
    packs: dict[str, Pack | None],
) -> Told:
    facts, reasons = paper
    (sequence, source, target, _snapshot, _act, code, pack, who, behalf, duty, unit) = row[:11]
    article, number, at, device_at, day, entered = row[11:]
    named = [
        {"label": _("Số văn bản"), "value": entered[name]}
        for name in PAPER_NUMBERS
        if isinstance(entered.get(name), str) and entered[name]
    ]
    return Told(
        number=sequence,
        at=at,
        code=code,
        title=title_of(code, packs[pack]),
        who=who,
        on_behalf_of=behalf,
        duty=_(_HOLDERS.get(duty, duty)),
        unit=units.get((unit, day), ""),
        article=article,
        act_number=number,
        device_at=device_at,
        from_state=state_words(source),
        to_state=state_words(target),
        changes=changes(before, after),
        facts=[*named[:1], *facts],
        reasons=reasons,
        erased=after is None,
        does_not_follow=source != state,
    )


def title_of(code: str, pack: Pack | None) -> str:
    """Return what an act is called; its code where no edition has it any more."""
    return str(act_title(code, pack)) if pack is not None and code in pack.by_code else code


def _unit_names(asked: set[tuple[int, date]]) -> dict[tuple[int, date], str]:
    """Return what units were called on the days asked for."""
    versions: dict[int, list[UnitVersion]] = defaultdict(list)
    for version in UnitVersion.objects.filter(unit__in={unit for unit, _day in asked}):
        versions[version.unit_id].append(version)
    return {
        (unit, day): version.name
        for unit, day in asked
        for version in versions[unit]
        if version.valid_from <= day and (version.valid_until is None or day < version.valid_until)
    }


Papers = dict[int, tuple[list[dict[str, Any]], list[str]]]


def _papers(case: Case, acts: list[int]) -> Papers:
    """Return what the papers of the acts say of this case: facts and reasons."""
    found: Papers = defaultdict(lambda: ([], []))
    for act, label, value in (*_sheets(case), *_votes(case), *_postings(case, acts)):
        found[act][0].append({"label": label, "value": value})
    for act, reason in _reasons(case):
        found[act][1].append(reason)
    return found


def _sheets(case: Case) -> Iterator[tuple[int, str, str]]:
    for screening in Screening.objects.filter(case=case):
        yield screening.act_id, _("Rà soát viên"), screening.reviewer_name
    for survey in Survey.objects.filter(case=case):
        yield survey.act_id, _("Phiếu"), survey.get_kind_display()
        yield survey.act_id, _("Ngày khảo sát"), day_words(survey.surveyed_on)
        yield survey.act_id, _("Rà soát viên"), survey.reviewer_name
    for income in IncomeRecord.objects.filter(case=case):
        yield income.act_id, _("Ngày xác định"), day_words(income.determined_on)
        yield income.act_id, _("Người xác định"), income.reviewer_name


def _votes(case: Case) -> Iterator[tuple[int, str, str]]:
    for tally in Tally.objects.filter(case=case).select_related("meeting"):
        votes = _(
            "%(agree)d đồng ý, %(disagree)d không đồng ý, %(no_opinion)d không ý kiến "
            "trên %(attendance)d người dự"
        ) % {
            "agree": tally.agree,
            "disagree": tally.disagree,
            "no_opinion": tally.no_opinion,
            "attendance": tally.attendance,
        }
        act = tally.meeting.act_id
        yield act, _("Biểu quyết"), votes
        yield act, _("Kết quả đưa ra họp"), str(CLASS_TITLES[tally.household_class])
        yield act, _("Ngày họp"), day_words(tally.meeting.held_on)


def _postings(case: Case, acts: list[int]) -> Iterator[tuple[int, str, str]]:
    lines = PostedEntry.objects.filter(case=case).select_related("posting")
    for line in lines:
        posting = line.posting
        yield posting.act_id, _("Niêm yết tại thôn"), posting.village_place
        yield posting.act_id, _("Niêm yết tại xã"), posting.commune_place
        yield posting.act_id, _("Niêm yết đến"), moment_words(posting.until)
        yield posting.act_id, _("Kết quả trên bảng"), str(CLASS_TITLES[line.household_class])
    closed = Posting.objects.filter(closing_act__in=acts, entries__case=case)
    for posting in closed.exclude(interruption="").distinct():
        if posting.closing_act_id is not None:
            yield posting.closing_act_id, _("Gián đoạn"), posting.interruption


def _reasons(case: Case) -> Iterator[tuple[int, str]]:
    for complaint in Complaint.objects.filter(case=case):
        yield complaint.act_id, complaint.content
    for item in OpinionItem.objects.filter(case=case).select_related("opinion"):
        yield item.opinion.act_id, item.reason
    for named in DecisionItem.objects.filter(case=case).select_related("decision"):
        yield named.decision.act_id, named.reason
    for letter in RefusalLetter.objects.filter(case=case):
        yield letter.act_id, letter.reason


def day_words(day: date) -> str:
    return str(date_format(day, "SHORT_DATE_FORMAT"))


def moment_words(at: datetime) -> str:
    return str(date_format(localtime(at), "SHORT_DATETIME_FORMAT"))
