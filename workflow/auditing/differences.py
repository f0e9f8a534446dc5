"""
What the agreed, the posted and the decided list say of each household, and why they differ.

The agreed list is the minutes' (tallies of meetings that agreed), the posted one is the sheet's
lines, the decided one is what decisions stamped on the events. Between two lists that differ some
act must lie that may change a result; where none does, the difference has no reason: a finding.

A household is missing on a list when the act that made the list found it where the act moves a
household, and did not move it. Where the act leaves a household behind, what it waits for is said.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.models import (
    Act,
    Case,
    Complaint,
    DecisionItem,
    Event,
    OpinionItem,
    PostedEntry,
    RefusalLetter,
    Round,
    Tally,
)
from cases.rules.packs import Pack, Span
from workflow.auditing.editions import packs_of
from workflow.auditing.words import said

# Acts that may lie between two lists which differ, by the kind of reason they give.
REASONS = {
    "complain": _("khiếu nại khi niêm yết"),
    "reverify": _("phúc tra"),
    "redetermine_income": _("xác định lại thu nhập"),
    "give_opinion": _("cấp trên chưa thống nhất"),
    "accept_grievance": _("khiếu nại quyết định"),
    "revoke_decision": _("quyết định thu hồi"),
    "reexamine": _("xác minh lại"),
    "amend_decision": _("quyết định sau khi xem xét lại"),
    "correct_decision": _("quyết định đính chính"),
    "record_departure": _("ra khỏi danh sách"),
    "withdraw": _("hộ rút đề nghị"),
    "interrupt_posting": _("niêm yết bị gián đoạn"),
    "refuse": _("trả lời không công nhận"),
}
# An act that only matters together with what it led to: an opinion that questioned the household.
LEADS_TO = {"give_opinion": "objected"}
# These alone change no result: they open the way to the act that does.
ONLY_OPENS = frozenset({"complain", "accept_grievance", "interrupt_posting"})
POSTS = ("post_list", "repost")
DECIDES = ("sign_decision", "amend_decision", "revoke_decision")
GONE = frozenset({"left", "withdrawn"})


class List(StrEnum):
    """Which list says something of a household."""

    AGREED = "agreed"
    POSTED = "posted"
    DECIDED = "decided"


LIST_TITLES = {
    List.AGREED: _("Họp dân đồng ý"),
    List.POSTED: _("Niêm yết"),
    List.DECIDED: _("Quyết định"),
}


# Acts that make a whole list of a village or of the round, and after which lists it comes.
MAKES: dict[str, tuple[List, ...]] = {
    "post_list": (List.AGREED,),
    "sign_decision": (List.AGREED, List.POSTED),
}


@dataclass(frozen=True)
class Entry:
    """One line of one list: which, of what class (empty: revoked), by which act."""

    list: List
    household_class: str
    at_event: int  # number of the event in the case
    act_number: int


@dataclass(frozen=True)
class Reason:
    """An act that lies between two lists, and what its paper says."""

    code: str
    act_number: int
    text: str


@dataclass(frozen=True)
class Difference:
    """Two lists that say different things of a household; no `reasons`: nothing recorded says why."""

    before: Entry | None  # None: the household is on no earlier list
    after: Entry | None  # None: it is missing on a list that was made
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class HouseholdDifference:
    case_id: int
    code: str
    village: str
    entries: tuple[Entry, ...]
    differences: tuple[Difference, ...]

    @property
    def unexplained(self) -> bool:
        return any(not each.reasons for each in self.differences)


@dataclass(frozen=True)
class _Step:
    sequence: int
    target: str
    act_id: int
    code: str
    act_number: int
    snapshot: str


@dataclass(frozen=True)
class _Whole:
    """An act on a whole list: whom it does not move, by the edition under which it was done."""

    act_id: int
    code: str
    review: int | None  # None: the lists of all villages
    leaves: frozenset[str]


def differences(round: Round, cases: QuerySet[Case]) -> list[HouseholdDifference]:
    """Return the households of these cases of a round whose lists differ; a constant number of queries."""
    pack = packs_of([round.pack])[round.pack]
    acts = pack.by_code if pack is not None else {}
    rows = _Rows(
        cases,
        _whole_acts(round, pack),
        meets="hold_meeting" in acts,
        posts="post_list" in acts,
    )
    found = []
    for pk, code, village, decided in cases.order_by("village", "pk").values_list(
        "pk", "code", "village_review__village_name", "decided_class"
    ):
        entries, differing = rows.compare(pk, decided)
        if differing:
            found.append(HouseholdDifference(pk, code, village, entries, differing))
    return found


def _whole_acts(round: Round, pack: Pack | None) -> list[_Whole]:
    """Return the acts that moved whole lists of the round, in their order."""
    if pack is None:
        return []
    whole = [act.code for act in pack.acts if act.span != Span.CASE and act.moves]
    rows = list(
        Act.objects.filter(round=round, code__in=whole)
        .order_by("pk")
        .values_list("pk", "code", "village_review", "pack")
    )
    packs = packs_of({edition for *_row, edition in rows})
    found = []
    for act, code, review, edition in rows:
        declared = under.by_code.get(code) if (under := packs[edition]) is not None else None
        if declared is not None:
            leaves = frozenset({*declared.passes_over, *declared.leaves_behind})
            found.append(_Whole(act, code, review, leaves))
    return found


class _Rows:
    """What was recorded of some cases: events, minutes, sheets and the papers that give reasons."""

    def __init__(
        self, cases: QuerySet[Case], whole: list[_Whole], *, meets: bool, posts: bool
    ) -> None:
        self.whole, self.meets, self.posts = whole, meets, posts
        self.reviews = dict(cases.order_by().values_list("pk", "village_review"))
        wanted = cases.order_by().values("pk")
        self.steps: dict[int, list[_Step]] = defaultdict(list)
        events = Event.objects.filter(case__in=wanted).order_by("case", "sequence")
        rows: Any = events.values_list(
            "case_id", "sequence", "to_state", "act_id", "act__code", "act__sequence", "snapshot"
        )
        for case, *step in rows.iterator(chunk_size=5000):
            self.steps[case].append(_Step(*step))
        self.voted: dict[int, dict[int, str]] = defaultdict(dict)
        for case, act, cls in Tally.objects.filter(case__in=wanted).values_list(
            "case_id", "meeting__act_id", "household_class"
        ):
            self.voted[case][act] = cls
        self.shown: dict[int, dict[int, str]] = defaultdict(dict)
        for case, act, cls in PostedEntry.objects.filter(case__in=wanted).values_list(
            "case_id", "posting__act_id", "household_class"
        ):
            self.shown[case][act] = cls
        self.texts = _texts(wanted)
        self.moved = {
            (step.act_id, self.reviews[case]) for case in self.steps for step in self.steps[case]
        }

    def compare(self, case: int, now: str) -> tuple[tuple[Entry, ...], tuple[Difference, ...]]:
        """Return a household's lines on all lists, and where they differ; `now`: what its row says."""
        steps = self.steps.get(case, [])
        entries = [*self._entries(case, steps)]
        left_out = [*self._left_out(case, steps, entries)]
        decided = [step for step in steps if step.code in DECIDES]
        if not decided or said(decided[-1].snapshot) is not None:
            last = entries[-1] if entries and entries[-1].list == List.DECIDED else None
            if now != (last.household_class if last else ""):
                # The list that is printed now is not the one that the last act decided.
                entries.append(Entry(List.DECIDED, now, _after(steps), 0))
        return tuple(entries), (*self._differing(case, steps, entries), *left_out)

    def _entries(self, case: int, steps: list[_Step]) -> Iterator[Entry]:
        shown, voted = self.shown.get(case, {}), self.voted.get(case, {})
        for step in steps:
            if step.code == "hold_meeting" and step.target == "agreed" and step.act_id in voted:
                yield Entry(List.AGREED, voted[step.act_id], step.sequence, step.act_number)
            elif step.code in POSTS and step.act_id in shown:
                yield Entry(List.POSTED, shown[step.act_id], step.sequence, step.act_number)
            elif step.code in DECIDES and (spoken := said(step.snapshot)) is not None:
                cls = spoken["decided_class"]
                yield Entry(List.DECIDED, cls, step.sequence, step.act_number)

    def _differing(
        self, case: int, steps: list[_Step], entries: list[Entry]
    ) -> Iterator[Difference]:
        before: Entry | None = None
        for entry in entries:
            if before is None:
                if self.meets and entry.list != List.AGREED:
                    yield Difference(None, entry, ())
            elif entry.household_class != before.household_class:
                between = _between(steps, before.at_event, entry.at_event)
                yield Difference(before, entry, self._reasons(case, between))
            before = entry
        yield from self._missing(case, steps, before)
        lists = {each.list for each in entries}
        if self.posts and List.DECIDED in lists and List.POSTED not in lists:
            yield Difference(before, None, ())
        after = [step for step in steps if before is not None and step.sequence > before.at_event]
        if before is not None and any(step.target in GONE for step in after):
            yield Difference(before, None, self._reasons(case, after))

    def _missing(self, case: int, steps: list[_Step], last: Entry | None) -> Iterator[Difference]:
        """Yield where the record says "posted" and no sheet names the household, and the other way round."""
        posted = {step.act_id for step in steps if step.code in POSTS}
        for act in posted ^ self.shown.get(case, {}).keys():
            cls = self.shown.get(case, {}).get(act)
            line = Entry(List.POSTED, cls, _after(steps), 0) if cls is not None else None
            yield Difference(None if line else last, line, ())

    def _left_out(
        self, case: int, steps: list[_Step], entries: list[Entry]
    ) -> Iterator[Difference]:
        """Yield that a whole list was made without the household, and what it waits for, if it may."""
        if any(step.code in DECIDES for step in steps):
            return
        review, own = self.reviews[case], {step.act_id for step in steps}
        last = entries[-1] if entries else None
        since = next((s for s in steps if last is not None and s.sequence == last.at_event), None)
        waits: Difference | None = None
        passed_by = False
        for act in self.whole:
            if act.review not in (None, review) or act.act_id in own:
                continue
            before = [step for step in steps if step.act_id < act.act_id]
            if not before or (since is not None and act.act_id < since.act_id):
                continue
            passed_by = passed_by or before[-1].target not in act.leaves
            if act.code not in MAKES:
                continue
            if passed_by:
                yield Difference(last, None, ())
                return
            moved_others = (act.act_id, review) in self.moved
            if last is not None and last.list in MAKES[act.code] and moved_others:
                waits = Difference(last, None, self._waiting(case, before, last.at_event))
        if waits is not None and steps[-1].target not in GONE:
            yield waits

    def _waiting(self, case: int, steps: list[_Step], since: int) -> tuple[Reason, ...]:
        """Return what keeps a household from a list: what was done since, or its own step that runs."""
        opened = [step for step in steps if step.sequence > since and step.code in REASONS]
        return self._told(case, opened or steps[-1:])

    def _reasons(self, case: int, between: Iterable[_Step]) -> tuple[Reason, ...]:
        found = self._told(
            case,
            (
                step
                for step in between
                if step.code in REASONS and LEADS_TO.get(step.code, step.target) == step.target
            ),
        )
        return () if all(each.code in ONLY_OPENS for each in found) else found

    def _told(self, case: int, steps: Iterable[_Step]) -> tuple[Reason, ...]:
        return tuple(
            Reason(step.code, step.act_number, self.texts.get((case, step.act_id), ""))
            for step in steps
        )


def _texts(wanted: QuerySet[Any, Any]) -> dict[tuple[int, int], str]:
    """Return what papers say of a household, by case and act."""
    return {
        (case, by): reason
        for papers, act, text in (
            (Complaint.objects.all(), "act_id", "content"),
            (OpinionItem.objects.all(), "opinion__act_id", "reason"),
            (DecisionItem.objects.all(), "decision__act_id", "reason"),
            (RefusalLetter.objects.all(), "act_id", "reason"),
        )
        for case, by, reason in papers.filter(case__in=wanted).values_list("case_id", act, text)
    }


def _between(steps: list[_Step], first: int, last: int) -> list[_Step]:
    """Return the steps after one list up to the next; the act that made the next one is among them."""
    return [step for step in steps if first < step.sequence <= last]


def _after(steps: list[_Step]) -> int:
    """Return the number that the next event would have."""
    return steps[-1].sequence + 1 if steps else 1
