"""How far a round has come: counts by stage, what the law still wants, running time limits."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.duties import Duty
from cases.models import Round, RunningTerm, StateCount, User, VillageReview
from cases.permissions import rounds_within_duty, village_reviews_within_duty
from cases.rules.packs import Act, Pack, Span
from cases.rules.terms import TermKind
from cases.running_terms import POSTED, with_pause
from workflow.pages.possible import UPON_EVENT
from workflow.titles import act_title, stage_title, term_title

Counts = Mapping[str, int]  # state -> how many cases
# Time that must pass, not time to be kept: nobody is late the day after.
WAITED_OUT = frozenset(POSTED)


@dataclass
class VillageRow:
    """One village of the board: how many households stand at each stage."""

    review: VillageReview
    url: str
    stages: list[int] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True)
class Wanted:
    """One step of the procedure: done, or how many households it still waits for."""

    code: str
    title: str
    article: str
    state: str  # done, current, waiting
    left: int
    ready: int  # of those left, how many are at the step now

    @property
    def tone(self) -> str:
        return {"done": "good", "current": "warn"}.get(self.state, "plain")

    @property
    def note(self) -> str:
        if self.state == "done":
            return _("xong")
        if not self.left:
            return _("chưa có hộ nào trong danh sách")
        if self.ready == self.left:
            return _("còn %(left)d hộ") % {"left": self.left}
        if self.ready:
            return _("còn %(left)d hộ, %(ready)d hộ đến lượt") % {
                "left": self.left,
                "ready": self.ready,
            }
        return _("còn %(left)d hộ, chưa đến lượt") % {"left": self.left}


@dataclass(frozen=True)
class Deadline:
    """A running time limit as pages show it."""

    title: str
    place: str
    url: str
    count_url: str
    ends_on: date
    counted: str
    overdue: bool


def visible_reviews(user: User, round: Round) -> QuerySet[VillageReview]:
    """Return the villages of a round that the user may read."""
    reviews = village_reviews_within_duty(user, Duty.VIEW).filter(round=round)
    return reviews.select_related("village").order_by("village__code")


def counts_by_village(reviews: Iterable[VillageReview]) -> dict[int, Counter[str]]:
    """Return the number of cases by state for each village, in one query."""
    counts: dict[int, Counter[str]] = {review.pk: Counter() for review in reviews}
    rows = (
        StateCount.objects.filter(village_review__in=counts)
        .values_list("village_review_id", "state")
        .annotate(n=Sum("n"))
    )
    for review, state, n in rows:
        counts[review][state] = n
    return counts


def by_stage(pack: Pack, counts: Counts) -> list[int]:
    """Return how many cases stand at each stage of the pack."""
    stage_of = {state.code: state.stage for state in pack.states}
    stages: Counter[str] = Counter()
    for state, n in counts.items():
        stages[stage_of[state]] += n
    return [stages[stage.code] for stage in pack.stages]


def stage_titles(pack: Pack) -> list[str]:
    """Return the names of the stages; where no report is sent up, that stage waits for the decision."""
    titles = {stage.code: str(stage_title(stage.code)) for stage in pack.stages}
    if "report" in titles and "sign_report" not in pack.by_code:
        titles["report"] = _("Chờ quyết định")
    return list(titles.values())


def wanted_steps(pack: Pack, counts: Counts) -> list[Wanted]:
    """
    Return the steps of the procedure in their order, each done or with what is left of it.

    Derived from the counts alone: nobody ticks a box.
    """
    total = sum(counts.values())
    steps = [_opened(pack)]
    for number, act in enumerate(pack.acts):
        if not act.moves or act.code in UPON_EVENT or act.code == "screen":
            continue
        before = _before(pack, number, act)
        left = sum(n for state, n in counts.items() if state in before)
        ready = sum(counts.get(state, 0) for state in act.sources if state in before)
        only_if_needed = act.span == Span.CASE and act.code != "survey"
        if only_if_needed and not left:
            continue
        first = not total and act.code == "build_list"
        state = "done" if total and not left else "current" if ready or first else "waiting"
        steps.append(
            Wanted(
                act.code,
                str(act_title(act.code, pack.code)),
                act.source.article,
                state,
                left,
                ready,
            )
        )
    return steps


def visible_terms(user: User, rounds: Iterable[Round] | None = None) -> QuerySet[RunningTerm]:
    """Return the time limits, running and ended, that the user may read."""
    reviews = village_reviews_within_duty(user, Duty.VIEW)
    reach = Q(village_review__in=reviews) | Q(
        village_review=None, round__in=rounds_within_duty(user, Duty.VIEW)
    )
    terms = RunningTerm.objects.filter(reach)
    if rounds is not None:
        terms = terms.filter(round__in=rounds)
    return with_pause(terms).select_related("round__commune", "village_review__village", "case")


def deadlines(user: User, rounds: Iterable[Round] | None = None) -> QuerySet[RunningTerm]:
    """Return the running time limits that the user may read, the nearest first."""
    return visible_terms(user, rounds).filter(ended_at=None).order_by("ends_on", "pk")


def shown_deadline(term: RunningTerm, day: date) -> Deadline:
    """Return a time limit in words: where, until when, and how it was counted."""
    place = [term.round.commune_name]
    url = reverse("round", kwargs={"key": term.round.key})
    if term.village_review is not None:
        place.insert(0, term.village_review.village_name)
        kwargs = {"key": term.round.key, "village": term.village_review.village.code}
        url = reverse("village", kwargs=kwargs)
    if term.case is not None:
        place.insert(0, _("hộ %(code)s") % {"code": term.case.code})
        url = reverse("case", kwargs={"key": term.round.key, "code": term.case.code})
    return Deadline(
        str(term_title(term.code)),
        ", ".join(place),
        url,
        reverse("term", kwargs={"key": term.round.key, "number": term.pk}),
        term.ends_on,
        how_counted(term),
        is_late(term, day),
    )


def is_late(term: RunningTerm, day: date) -> bool:
    """Test if a running term should have been kept by now; one that stands still is not late."""
    paused: bool = getattr(term, "paused", False)
    return term.ends_on < day and term.code not in WAITED_OUT and not paused


def how_counted(term: RunningTerm) -> str:
    """Return how the end of a time limit was found, in one sentence."""
    if term.kind == TermKind.WORKING:
        sentence = _(
            "%(days)d ngày làm việc sau ngày %(start)s (ngày đầu không tính), theo lịch %(calendar)s"
        )
    else:
        sentence = _(
            "%(days)d ngày sau ngày %(start)s (ngày đầu không tính), theo lịch %(calendar)s"
        )
    return sentence % {
        "days": term.days,
        "start": f"{term.starts_on:%d/%m/%Y}",
        "calendar": term.calendar_version,
    }


def _opened(pack: Pack) -> Wanted:
    act = pack.by_code["open_round"]
    title = str(act_title(act.code, pack.code))
    return Wanted(act.code, title, act.source.article, "done", 0, 0)


def _before(pack: Pack, number: int, act: Act) -> set[str]:
    """
    Return the states of cases that an act still waits for.

    A list act: all but those it passes over, those it has moved on, and those that are finished;
    a target that an earlier act takes up again (a meeting that disagreed) is not on its way.
    """
    if act.span == Span.CASE:
        waiting = set(act.sources) - {move.target for move in act.moves}
        if act.code == "survey":  # nothing is surveyed that has not been listed
            waiting |= set(pack.by_code["build_list"].sources)
        return waiting
    again = {state for earlier in pack.acts[:number] for state in earlier.sources}
    past = {*act.passes_over, *pack.final_states}
    past |= {move.target for move in act.moves if move.target not in again}
    return {state.code for state in pack.states} - past
