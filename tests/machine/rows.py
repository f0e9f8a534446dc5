"""Cases in every state with every mixture of what guards look at, drawn at random."""

import random
from datetime import datetime, timedelta

from django.db import connection

from cases.models import Basis, Case, HouseholdClass, IncomeClass, Round, Verdict
from cases.models.cases import STATES
from workflow.machine.triggers import NAMES, TABLE

CLASSES = ["", *HouseholdClass.values, *IncomeClass.values]


def drop_step_triggers() -> None:
    """Let this test's transaction write any state; rolling it back brings the triggers again."""
    of_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in NAMES:
            cursor.execute(f"DROP TRIGGER {name}{of_table}")


def draw_cases(round_: Round, at: datetime, seed: int) -> list[Case]:
    """
    Give the round's cases random contents, unknowns included, within the table's constraints.

    Near misses are drawn often: exactly half, a posting that ends this very moment.
    """
    drop_step_triggers()
    chance = random.Random(seed)
    cases = list(round_.cases.order_by("pk"))
    for case in cases:
        _fill(case, at, chance)
    columns = [f.name for f in Case._meta.concrete_fields if not f.primary_key]
    Case.objects.bulk_update(cases, columns, batch_size=20)
    return cases


def _fill(case: Case, at: datetime, chance: random.Random) -> None:
    case.state = chance.choice(STATES)
    case.basis = chance.choice(Basis.values)
    case.basis_paper = chance.choice(["", "15/GĐN"])
    case.opening_class = chance.choice(["", "POOR", "NEAR_POOR"])
    case.screen_passed = chance.choice([None, True, False])
    case.attempt = chance.choice([0, 1, 2])
    case.income_score = chance.choice([None, 0, 100, 180])
    case.deprivation_score = chance.choice([None, 0, 30])
    case.result_class = chance.choice(CLASSES)
    case.posted_class = chance.choice([case.result_class, case.result_class, *CLASSES])
    case.meeting_attendance = chance.choice([None, 0, 1, 39, 40, 41])
    case.meeting_agree = chance.choice([None, 0, 19, 20, 21, 40])
    moments = [at, at + timedelta(microseconds=1), at - timedelta(microseconds=1)]
    case.posting_until = chance.choice([None, *moments])
    case.opinion = chance.choice(["", *Verdict.values])
    # Constraints of the table ask for these three in some states.
    case.decided_class = chance.choice(HouseholdClass.values)
    case.departure = "DIED" if case.state == "left" else chance.choice(["", "DIED"])
    case.refusal_reason = (
        "Vượt chuẩn" if case.state == "refused" else chance.choice(["", "Vượt chuẩn"])
    )
