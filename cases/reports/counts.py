"""What reports count: one aggregate query each, whatever the number of cases."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Case as Choice
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Substr

from cases.models import Basis, Case, Decision, HouseholdClass, Round
from cases.reports.movements import Flow, Origin, Outcome
from cases.rules.packs import PACKS
from cases.rules.standards import DEPRIVATION_COUNT


class Figures(StrEnum):
    """Which results a report tells: signed ones, or (marked preliminary) those proposed so far."""

    DECIDED = "DECIDED"
    PROPOSED = "PROPOSED"


class Grouping(StrEnum):
    """What one row of a report stands for; the value names the case's column."""

    VILLAGE = "village"
    COMMUNE = "commune"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class Deprivations:
    """Form 4 of one unit: its poor households, and how many of them lack each service."""

    households: int = 0
    indicators: tuple[int, ...] = (0,) * DEPRIVATION_COUNT

    @property
    def total(self) -> int:
        return sum(self.indicators)

    def __add__(self, other: "Deprivations") -> "Deprivations":
        pairs = zip(self.indicators, other.indicators, strict=True)
        return Deprivations(self.households + other.households, tuple(a + b for a, b in pairs))


_ON_A_LIST = [HouseholdClass.POOR.value, HouseholdClass.NEAR_POOR.value]
# A requester who does not qualify, or takes the request back, is in no class, whatever the survey said.
_NOT_QUALIFIED = ["unqualified", "refused", "withdrawn"]
_FINAL = sorted({state for pack in PACKS.values() for state in pack.final_states})


def settled(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """
    Return the rounds whose figures are final: decided, or with nobody left to decide on.

    Where all left the list or were answered before any report, no decision will come; their row
    is figures and not "not decided yet".
    """
    cases = Case.objects.filter(round=OuterRef("pk"))
    nobody_waits = Exists(cases) & ~Exists(cases.exclude(state__in=_FINAL))
    return rounds.filter(Exists(Decision.objects.filter(round=OuterRef("pk"))) | nobody_waits)


def movements(
    rounds: QuerySet[Round], by: Grouping | None, figures: Figures
) -> dict[str, list[Flow]]:
    """Return the ways households went, by the code of their unit ("" when not grouped)."""
    rows = (
        _cases(rounds, by)
        .annotate(origin=_origin(), outcome=_outcome(figures))
        .values("unit_code", "origin", "outcome", "relapse")
        .annotate(households=Count("pk"), heads=Sum("persons"))
        .order_by("unit_code", "origin", "outcome", "relapse")
    )
    flows: dict[str, list[Flow]] = {}
    for row in rows:
        flow = Flow(row["origin"], row["outcome"], row["relapse"], row["households"], row["heads"])
        flows.setdefault(row["unit_code"], []).append(flow)
    return flows


def deprivations(
    rounds: QuerySet[Round], by: Grouping | None, figures: Figures
) -> dict[str, Deprivations]:
    """Return how many poor households lack which service, by the code of their unit."""
    places = range(1, DEPRIVATION_COUNT + 1)
    rows = (
        _cases(rounds, by)
        .annotate(outcome=_outcome(figures))
        .filter(outcome=Outcome.POOR.value)
        .annotate(**{f"flag_{n}": Substr("deprivations", n, 1) for n in places})
        .values("unit_code")
        .annotate(
            households=Count("pk"),
            **{f"lack_{n}": Count("pk", filter=Q(**{f"flag_{n}": "1"})) for n in places},
        )
        .order_by("unit_code")
    )
    columns = ("unit_code", "households", *(f"lack_{n}" for n in places))
    return {
        code: Deprivations(households, tuple(lacks))
        for code, households, *lacks in rows.values_list(*columns)
    }


def _cases(rounds: QuerySet[Round], by: Grouping | None) -> QuerySet[Case]:
    code = F(f"{by}__code") if by else Value("", output_field=CharField())
    return Case.objects.filter(round__in=rounds.order_by().values("pk")).annotate(unit_code=code)


def _origin() -> Choice:
    return Choice(
        When(basis=Basis.ARRIVAL, then=Value(Origin.ARRIVAL.value)),
        When(basis=Basis.LAST_YEAR, opening_class__in=_ON_A_LIST, then=F("opening_class")),
        default=Value(Origin.NONE.value),
        output_field=CharField(),
    )


def _outcome(figures: Figures) -> Choice:
    classes = [When(~Q(decided_class=""), then=F("decided_class"))]
    if figures is Figures.PROPOSED:
        classes.append(When(~Q(result_class=""), then=F("result_class")))
    return Choice(
        When(state="left", then=Value(Outcome.LEFT.value)),
        When(state__in=_NOT_QUALIFIED, then=Value(Outcome.NOT_POOR.value)),
        *classes,
        default=Value(Outcome.PENDING.value),
        output_field=CharField(),
    )
