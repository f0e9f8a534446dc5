"""
Replaying what was recorded against the pack: steps skipped, repeated, or done too early.

No token game: a case's events are read in their order, and each must begin where the one before it
ended, by a move its act declares, not before its time. One query each finds who may deviate; only
those cases are replayed, so that a commune without faults costs nothing but the search. What the
invariants answer (recounted days, papers, people) is asked of them and sorted under the same words.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import Coalesce, Lag, RowNumber
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases import row_security
from cases.models import Act, Case, Event, Posting, Round
from cases.rules.packs import Pack
from workflow.auditing.editions import packs_of, state_words
from workflow.invariants.audit import audit_rounds

BATCH = 500  # cases replayed at once
TAKES_DOWN = frozenset({"close_posting", "close_reposting"})
STARTS_IN_WINDOW = frozenset({"within_window", "started"})


class Kind(StrEnum):
    """How a step deviates."""

    SKIPPED = "skipped"
    REPEATED = "repeated"
    EARLY = "early"


KIND_TITLES: dict[Kind, str | Promise] = {
    Kind.SKIPPED: _("Bỏ bước"),
    Kind.REPEATED: _("Lặp bước"),
    Kind.EARLY: _("Làm sớm"),
}
# What the invariants find of the same, recounted from papers and calendars.
OF_INVARIANTS: dict[str, Kind] = {
    "INV-01": Kind.EARLY,
    "INV-11": Kind.EARLY,
    **dict.fromkeys(("INV-05", "INV-08", "INV-10", "INV-13", "INV-16", "INV-17"), Kind.SKIPPED),
    **dict.fromkeys(("ENG-01", "ENG-02", "ENG-03", "ENG-06"), Kind.SKIPPED),
}


@dataclass(frozen=True)
class Deviation:
    """One step of one case that the pack does not foresee there."""

    kind: Kind
    code: str  # which rule of the replay, or the invariant
    case_code: str
    event: int | None
    act_number: int | None
    sentence: str


@dataclass(frozen=True)
class Replayed:
    """What the replay of one round found."""

    round: Round
    cases: int
    events: int
    deviations: tuple[Deviation, ...]

    def count(self, kind: Kind) -> int:
        return sum(each.kind == kind for each in self.deviations)


@dataclass(frozen=True)
class _Event:
    case: int
    number: int
    source: str
    target: str
    act: int
    code: str
    pack: str
    act_number: int
    at: datetime
    day: date


_COLUMNS = (
    "case_id",
    "sequence",
    "from_state",
    "to_state",
    "act_id",
    "act__code",
    "act__pack",
    "act__sequence",
    "act__at",
    "act__legal_day",
)


def replay(rounds: Iterable[Round]) -> list[Replayed]:
    """Replay these rounds; a constant number of queries for each 500 cases that may deviate."""
    found = {round.pk: round for round in rounds}
    replaying = _Replay(found)
    deviations: dict[int, list[Deviation]] = defaultdict(list)
    suspects = sorted(_suspects(found, replaying))
    for some in (suspects[n : n + BATCH] for n in range(0, len(suspects), BATCH)):
        for round_id, deviation in replaying.cases(some):
            deviations[round_id].append(deviation)
    sizes = Counter(_per_round(Case.objects.filter(round__in=found), "round"))
    events = Counter(_per_round(Event.objects.filter(case__round__in=found), "case__round"))
    return [
        Replayed(round, sizes[pk], events[pk], tuple(deviations[pk])) for pk, round in found.items()
    ]


def replay_everything(rounds: Iterable[Round]) -> list[tuple[int, Deviation]]:
    """Replay every case of the rounds, whoever may deviate; what the search is measured against."""
    found = {round.pk: round for round in rounds}
    replaying = _Replay(found)
    everybody = Case.objects.filter(round__in=found).values_list("pk", flat=True)
    return list(replaying.cases(sorted(everybody)))


def of_invariants(round: Round) -> list[Deviation]:
    """Return what the invariants say of skipped and too early steps of a round."""
    # They ask about people and places outside the auditor's units, and answer about this round.
    with row_security.machine("audit"):
        breaches = audit_rounds([round.pk])
    return [
        Deviation(
            OF_INVARIANTS[breach.invariant],
            breach.invariant,
            breach.case_code,
            None,
            breach.sequence,
            breach.sentence,
        )
        for breach in breaches
        if breach.invariant in OF_INVARIANTS
    ]


def _per_round(rows: QuerySet[Any], round: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(round).annotate(n=Count("pk")))


def _suspects(rounds: dict[int, Round], replaying: "_Replay") -> set[int]:
    """Return the cases of which anything may deviate; every one that does is among them."""
    events = Event.objects.filter(case__round__in=rounds)
    of_case: dict[str, Any] = {"partition_by": F("case"), "order_by": F("sequence").asc()}
    odd = events.annotate(
        place=Window(RowNumber(), **of_case),
        came_from=Coalesce(Window(Lag("to_state"), **of_case), Value("new")),
        before=Window(Lag("act__at"), **of_case),
        number_before=Window(Lag("act__sequence"), **of_case),
    ).filter(
        ~Q(sequence=F("place"))
        | ~Q(from_state=F("came_from"))
        | Q(act__at__lt=F("before"))
        | Q(act__sequence__lte=F("number_before"))
    )
    found = set(odd.order_by().values_list("case_id", flat=True))
    own = Event.objects.filter(case=OuterRef("pk"))
    last = own.filter(sequence=OuterRef("version"), to_state=OuterRef("state"))
    begun = ~Q(version=0, state="new") & ~Exists(last)
    cut = Case.objects.filter(
        begun | Exists(own.filter(sequence__gt=OuterRef("version"))), round__in=rounds
    )
    found |= set(cut.order_by().values_list("pk", flat=True))
    undeclared = [
        move
        for move in events.order_by()
        .values_list("act__pack", "act__code", "from_state", "to_state")
        .distinct()
        if not replaying.declares(*move)
    ]
    for pack, code, source, target in undeclared:
        wrong = events.filter(act__pack=pack, act__code=code, from_state=source, to_state=target)
        found |= set(wrong.order_by().values_list("case_id", flat=True))
    early = events.filter(act__in=[*replaying.early, *replaying.closed_early])
    return found | set(early.order_by().values_list("case_id", flat=True))


class _Replay:
    """What a replay asks of the rounds as a whole: editions, first days, ends of postings."""

    def __init__(self, rounds: dict[int, Round]) -> None:
        self.rounds = rounds
        self.packs: dict[str, Pack | None] = {}
        acts = Act.objects.filter(round__in=rounds).order_by()
        codes = acts.values_list("pack", flat=True).distinct()
        self.packs = packs_of([*codes, *(round.pack for round in rounds.values())])
        # Acts on a day on which their review may not have begun.
        self.early: set[int] = self._before_the_window(acts)
        # What closed a posting, and when that posting's days were over.
        closed = Posting.objects.filter(
            village_review__round__in=rounds,
            closing_act__code__in=TAKES_DOWN,
            closing_act__at__lt=F("until"),
        )
        self.closed_early: dict[int, datetime] = dict(
            closed.order_by().values_list("closing_act_id", "until")
        )

    def _before_the_window(self, acts: QuerySet[Act]) -> set[int]:
        early = Q(pk__in=[])
        for pk, round in self.rounds.items():
            if (pack := self.packs[round.pack]) is not None:
                first, _last = pack.days_of(round.year, round.month)
                waiting = [a.code for a in pack.acts if set(a.conditions) & STARTS_IN_WINDOW]
                early |= Q(round=pk, legal_day__lt=first, code__in=waiting)
        return set(acts.filter(early).values_list("pk", flat=True))

    def declares(self, pack: str, code: str, source: str, target: str) -> bool:
        """Test if the act, as its edition has it, leads from the one state to the other."""
        edition = self.packs.get(pack)
        act = edition.by_code.get(code) if edition is not None else None
        return act is not None and any(
            source in move.sources and target == move.target for move in act.moves
        )

    def cases(self, ids: list[int]) -> Iterator[tuple[int, Deviation]]:
        """Replay some cases; yield each deviation with its round."""
        faces = {
            pk: (round_id, code, version, state)
            for pk, round_id, code, version, state in Case.objects.filter(pk__in=ids)
            .order_by()
            .values_list("pk", "round_id", "code", "version", "state")
        }
        events: dict[int, list[_Event]] = defaultdict(list)
        rows = Event.objects.filter(case__in=ids).order_by("case", "sequence")
        for row in rows.values_list(*_COLUMNS):
            events[row[0]].append(_Event(*row))
        for pk, (round_id, code, version, state) in sorted(faces.items()):
            for kind, rule, event, sentence in self._case(events[pk], version, state):
                number = event.number if event else None
                act = event.act_number if event else None
                yield round_id, Deviation(kind, rule, code, number, act, sentence)

    def _case(
        self, events: list[_Event], version: int, state: str
    ) -> Iterator[tuple[Kind, str, _Event | None, str]]:
        stands, expected = "new", 1
        before: _Event | None = None
        done: set[int] = set()
        for event in events:
            yield from self._out_of_line(event, before, stands, expected, event.act in done)
            yield from self._too_early(event, before)
            if not self.declares(event.pack, event.code, event.source, event.target):
                yield Kind.SKIPPED, "undeclared", event, _NOT_A_MOVE % _step(event)
            done.add(event.act)
            stands, expected, before = event.target, event.number + 1, event
        if version >= expected:
            yield Kind.SKIPPED, "tail", before, str(_TAIL)
        elif len(done) == len(events) and (version < expected - 1 or stands != state):
            yield Kind.REPEATED, "beyond", before, str(_BEYOND)

    def _out_of_line(
        self, event: _Event, before: _Event | None, stands: str, expected: int, again: bool
    ) -> Iterator[tuple[Kind, str, _Event | None, str]]:
        """Yield an event that does not follow the one before it: done twice, or after a hole."""
        same = before is not None and (event.code, event.source, event.target) == (
            before.code,
            before.source,
            before.target,
        )
        if again or (same and event.source != stands):
            yield Kind.REPEATED, "repeated", event, _TWICE % _step(event)
        elif event.number != expected:
            numbers = {"first": expected, "last": event.number - 1}
            yield Kind.SKIPPED, "hole", event, str(_HOLE) % numbers
        elif event.source != stands:
            named = {"stands": state_words(stands), "source": state_words(event.source)}
            yield Kind.SKIPPED, "jump", event, str(_JUMP) % named

    def _too_early(
        self, event: _Event, before: _Event | None
    ) -> Iterator[tuple[Kind, str, _Event | None, str]]:
        if before is not None and (event.at < before.at or event.act_number < before.act_number):
            yield Kind.EARLY, "before_the_step_before", event, str(_BACKWARDS)
        if event.act in self.early:
            yield Kind.EARLY, "before_the_window", event, str(_WINDOW)
        if event.act in self.closed_early:
            yield Kind.EARLY, "posting_not_over", event, str(_POSTING)


_HOLE = _("Thiếu sự kiện số %(first)d đến %(last)d trong dãy sự kiện của hồ sơ.")
_JUMP = _("Hồ sơ đang ở “%(stands)s” nhưng bước này bắt đầu từ “%(source)s”.")
_TWICE = _("Cùng một bước được ghi hai lần: từ “%(source)s” sang “%(target)s”.")
_NOT_A_MOVE = _("Gói quy trình không cho việc này dẫn từ “%(source)s” sang “%(target)s”.")
_TAIL = _("Sự kiện cuối của hồ sơ không còn trong sổ: trạng thái đi trước sự kiện.")
_BEYOND = _("Hồ sơ không ở trạng thái hoặc phiên bản mà sự kiện cuối dẫn đến.")
_BACKWARDS = _("Bước này được ghi trước giờ của bước ngay trước nó.")
_WINDOW = _("Bước này làm trước ngày được bắt đầu rà soát.")
_POSTING = _("Kết thúc niêm yết khi chưa hết thời hạn niêm yết.")


def _step(event: _Event) -> dict[str, str]:
    return {"source": state_words(event.source), "target": state_words(event.target)}
