"""
Five ways to sign the report of a commune: every case goes from "cleared" to "reported".

Each leaves the same rows: the cases moved, one event a case, the counts of the villages, one act.
Only the engine links them; "unlinked" is the engine without its ledger.
"""

import json
from collections.abc import Callable
from unittest.mock import patch

from django.db import connection, transaction
from django.db.models import Value

from bench.ground import YEAR, Ground
from cases.models import Act, ActChain, Case, Event
from cases.rules.packs import PACKS
from workflow.acts.deciding import sign_report
from workflow.machine import record
from workflow.machine.apply import apply, legal_day, recount
from workflow.machine.scope import Scope

CODE, KEY, FACTS = "sign_report", "bench", {"number": "05/BC-UBND"}
# Objects moved one by one are measured on fewer; their cost for each is the same.
ONE_BY_ONE_CASES = 1000


# The condition "list_complete": last year's households of these villages that no list has.
_LEFT_OUT = """
SELECT h.code FROM cases_standing s JOIN cases_household h ON h.id = s.household_id
WHERE s.year = %s AND s.household_class IN ('POOR', 'NEAR_POOR')
AND h.village_id IN (SELECT village_id FROM cases_villagereview WHERE round_id = %s)
AND NOT EXISTS (
    SELECT 1 FROM cases_case c WHERE c.household_id = s.household_id AND c.review = 'PERIODIC'
    AND c.year = %s AND (c.round_id = %s OR c.state NOT IN ('left', 'withdrawn'))
) LIMIT 1"""


def by_engine(ground: Ground) -> int:
    """`workflow.machine.apply`: rights, conditions, guards, refusals; the set path."""
    scope = Scope(ground.round)
    return apply(CODE, scope, by=ground.chair, at=ground.moment(CODE), key=KEY, facts=FACTS).moved


def unlinked(ground: Ground) -> int:
    """The same without the ledger: no snapshot, no link, no tree; what the ledger's cost is told by."""
    with (
        patch.object(record, "snapshot", lambda: Value("")),
        patch.object(record, "link", lambda *place: Value(b"")),
        patch.object(record, "seal", _enter),
    ):
        return by_engine(ground)


def _enter(act: Act, chain: ActChain, scope: Scope) -> None:
    chain.length = act.sequence
    act.save(force_insert=True)
    chain.save(update_fields=["length"])


def by_act(ground: Ground) -> int:
    """The deed as a page does it: the engine, the report's row, its term, charts and notices."""
    done = sign_report(
        round=ground.round, number=FACTS["number"], by=ground.chair, at=ground.moment(CODE), key=KEY
    )
    return done.moved


def by_hand(ground: Ground) -> int:
    """The same statements typed by hand for the DB-API cursor, without an ORM or an engine."""
    connection.ensure_connection()
    cursor = connection.connection.cursor()
    postgresql = connection.vendor == "postgresql"

    def run(statement: str, *values: object) -> None:
        cursor.execute(statement if postgresql else statement.replace("%s", "?"), values)

    round_id, lock = ground.round_id, " FOR UPDATE" if postgresql else ""
    declared = PACKS["qd24-2021-3cap"].by_code[CODE]
    run("BEGIN" if postgresql else "BEGIN IMMEDIATE")
    run(f"SELECT commune_id FROM cases_round WHERE id = %s{lock}", round_id)
    commune_id = cursor.fetchone()[0]
    run(f"SELECT id FROM cases_villagereview WHERE round_id = %s ORDER BY id{lock}", round_id)
    run("SELECT id FROM cases_act WHERE idempotency_key = %s", KEY)
    over = ", ".join(f"'{state}'" for state in declared.passes_over)
    run(
        f"SELECT count(*) FROM cases_case WHERE round_id = %s AND state NOT IN ({over})",
        round_id,
    )
    total = cursor.fetchone()[0]
    run(_LEFT_OUT, YEAR - 1, round_id, YEAR, round_id)
    if cursor.fetchone():
        raise AssertionError("a household of last year is on no list")
    run("UPDATE cases_actchain SET length = length + 1 WHERE commune_id = %s", commune_id)
    run("SELECT length FROM cases_actchain WHERE commune_id = %s", commune_id)
    run(
        "INSERT INTO cases_act (commune_id, sequence, code, round_id, actor_id, actor_name, duty, "
        "duty_unit_id, article, pack, at, legal_day, idempotency_key, request_digest, facts, count, "
        "on_behalf_of, private, salt, root, entry, link, tree)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, "
        "'', '{}', '', '', '', '', '') RETURNING id",
        commune_id,
        cursor.fetchone()[0],
        CODE,
        round_id,
        ground.chair_id,
        "Commune Chair",
        declared.duty,
        commune_id,
        declared.source.article,
        "qd24-2021-3cap",
        ground.moment(CODE).isoformat(),
        legal_day(ground.moment(CODE)).isoformat(),
        KEY,
        bytes(32),
        json.dumps(FACTS),
        total,
    )
    act_id = cursor.fetchone()[0]
    run(
        "UPDATE cases_case SET prev_state = state, state = 'reported', version = version + 1, "
        "last_act_id = %s WHERE round_id = %s AND state = 'cleared'",
        act_id,
        round_id,
    )
    moved = int(cursor.rowcount)
    run(
        "INSERT INTO cases_event (case_id, sequence, act_id, from_state, to_state, snapshot, link) "
        "SELECT id, version, last_act_id, prev_state, state, '', '' FROM cases_case "
        "WHERE round_id = %s AND last_act_id = %s ORDER BY id",
        round_id,
        act_id,
    )
    run(
        "DELETE FROM cases_statecount WHERE village_review_id IN "
        "(SELECT id FROM cases_villagereview WHERE round_id = %s)",
        round_id,
    )
    run(
        "INSERT INTO cases_statecount (village_review_id, state, household_class, n) "
        "SELECT village_review_id, state, result_class, count(*) FROM cases_case "
        "WHERE round_id = %s GROUP BY village_review_id, state, result_class",
        round_id,
    )
    if moved != total:
        raise AssertionError(f"{moved} of {total} cases moved")
    run("COMMIT")
    return moved


def one_by_one(ground: Ground) -> int:
    """The usual way: for each object a django-fsm transition, save() and a row of history."""
    with transaction.atomic():
        act = _naive_act(ground)
        cases = list(Case.objects.filter(round=ground.round_id).order_by("pk")[:ONE_BY_ONE_CASES])
        for case in cases:
            case.prev_state = case.state
            case.sign_report()  # type: ignore[attr-defined]  # generated from the pack
            case.version += 1
            case.last_act = act
            case.save()
            Event.objects.create(
                case=case,
                sequence=case.version,
                act=act,
                from_state=case.prev_state,
                to_state=case.state,
            )
        recount(list(ground.round.village_reviews.values_list("pk", flat=True)))
    return len(cases)


def _naive_act(ground: Ground) -> Act:
    chain = ActChain.objects.select_for_update().get(pk=ground.round.commune_id)
    chain.length += 1
    chain.save()
    return Act.objects.create(
        commune_id=chain.pk,
        sequence=chain.length,
        code=CODE,
        round_id=ground.round_id,
        actor_id=ground.chair_id,
        actor_name=ground.chair.get_full_name(),
        duty="sign_report",
        duty_unit_id=chain.pk,
        article="-",
        pack="qd24-2021-3cap",
        at=ground.moment(CODE),
        legal_day=legal_day(ground.moment(CODE)),
        idempotency_key=KEY,
        request_digest=bytes(32),
        facts=FACTS,
        count=ONE_BY_ONE_CASES,
    )


WAYS: dict[str, Callable[[Ground], int]] = {
    "hand": by_hand,
    "unlinked": unlinked,
    "set": by_engine,
    "act": by_act,
    "naive": one_by_one,
}
