"""What a certificate counts, what it awaits, and how it is bound to the record."""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.ledger.entries import canonical, event_entry
from cases.ledger.merkle import leaf_hash, node_hash
from cases.models import Act, Case, Household, Unit
from cases.rules.packs import PACKS
from tests.conftest import Road, moment
from tests.invariants.roads import CONTESTED, PLAIN
from tests.invariants.roads import every_road as every_road
from workflow.acts.posting import complain
from workflow.ledger.certificate import Certificate, household_certificate, village_certificate
from workflow.ledger.certificate_json import as_data
from workflow.ledger.certificate_ways import Ways


def of_household(road: Road, code: str = PLAIN) -> Certificate:
    case = Case.objects.select_related("round__commune", "village_review").get(code=code)
    return household_certificate(case, at=road.at)


def codes_of(made: Certificate, result: str) -> list[str]:
    return [step.code for step in made.steps if step.result == result]


def raw(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


def test_a_household_that_went_the_straight_road_meets_eighteen_of_eighteen(
    every_road: Road,
) -> None:
    road = every_road

    made = of_household(road)

    assert (made.met, made.of) == (18, 18)
    assert made.steps[0].code == "opened" and made.steps[-1].code == "record"
    assert all(step.article for step in made.steps[:-1])
    assert all(step.actor and step.role and step.unit for step in made.steps[:-1])


def test_each_act_is_named_with_who_did_it_and_with_what_competence(every_road: Road) -> None:
    road = every_road

    opinion = next(step for step in of_household(road).steps if step.code == "opinion")

    act = Act.objects.filter(code="give_opinion").earliest("sequence")
    assert (opinion.sequence, opinion.day) == (act.sequence, act.legal_day)
    assert (opinion.actor, opinion.duty, opinion.unit) == (
        "Đặng Thị Quyên",
        "give_opinion",
        "662",
    )
    assert opinion.mark == "K" and opinion.article.endswith("khoản 5")


def test_a_complaint_adds_what_it_makes_necessary(every_road: Road) -> None:
    road = every_road

    made = of_household(road, CONTESTED)

    assert {"complaint", "reverified", "reposted"} <= set(codes_of(made, "met"))
    assert made.met == made.of == 22


def test_what_is_not_due_yet_is_listed_and_not_counted(road: Road) -> None:
    road.open().list().survey()

    made = of_household(road)

    assert made.met == made.of == 6
    assert codes_of(made, "not_yet")[0] == "classified"
    assert "certificate" in codes_of(made, "not_yet")  # its scores say that it is poor


def test_an_opinion_that_does_not_come_in_time_is_late(road: Road) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report()

    in_time = of_household(road)
    too_late = of_household(road.pass_days(30))

    assert codes_of(in_time, "late") == [] and "opinion" in codes_of(in_time, "not_yet")
    assert codes_of(too_late, "late") == ["opinion"]
    assert too_late.of == in_time.of + 1


def test_a_complaint_that_nobody_looks_into_is_late_and_stays_that_households_own(
    road: Road,
) -> None:
    road.open().list().survey().classify().meet().post().pass_days(1)
    case = Case.objects.select_related("round", "village_review").get(code=PLAIN)
    complain(case=case, complainant="Hai", content="Sai", **road.who("minh"))
    road.pass_days(10)

    made = village_certificate(road.reviews[0], at=road.at)

    late = {line.code: [gap.code for gap in line.gaps] for line in made.households_wanting}
    assert late == {PLAIN: ["reverified"]}


def test_after_the_last_day_of_the_year_the_next_step_is_late(road: Road) -> None:
    road.open().list()
    road.at = moment("2024-12-20")

    made = of_household(road)

    assert codes_of(made, "late") == ["surveyed"]


@pytest.mark.parametrize(
    ("pack", "state", "missing"),
    [
        ("qd24-2021-2cap", "certified", "certificate"),
        ("qd24-2021-2cap", "cleared", "closing"),
        ("qd24-2021-2cap", "consented", "opinion"),
        ("qd24-2021-2cap-tx", "recognised", "meeting"),
        ("qd24-2021-2cap-mstb", "confirmed", "income"),
    ],
)
def test_the_pack_itself_says_which_steps_lie_behind_a_state(
    pack: str, state: str, missing: str
) -> None:
    assert missing in Ways(PACKS[pack]).behind(state)


def test_no_step_is_demanded_that_the_review_does_not_have() -> None:
    behind = Ways(PACKS["qd24-2021-2cap-mstb"]).behind("confirmed")

    assert not {"meeting", "opinion", "certificate", "survey"} & set(behind)


def test_a_villages_certificate_costs_the_same_queries_for_five_and_five_hundred(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    def queries() -> int:
        review = road.reviews[-1]
        with CaptureQueriesContext(connection) as seen:
            as_data(village_certificate(review, at=road.at))
        return len(seen)

    road.open().list()
    queries()  # warms what is read once a process
    few = queries()
    make_households(Unit.objects.get(code="24646.002"), 495)
    road.list()
    many = queries()

    assert Case.objects.count() == 500
    assert many == few


# --- Bound to the record ------------------------------------------------------------------------


@pytest.fixture
def data(every_road: Road) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json.dumps(as_data(of_household(every_road))))
    return told


def test_every_act_leads_to_the_one_head(data: dict[str, Any]) -> None:
    head = data["binding"]["head"]

    for each in data["binding"]["acts"]:
        link = leaf_hash(canonical(each["act"]))
        path = raw(each["path"])
        tree = _climbed(link, each["act"]["sequence"] - 1, head["sequence"], path)
        assert tree == raw(head["tree"])


def test_every_step_names_an_act_as_it_was_hashed(data: dict[str, Any]) -> None:
    acts = {
        f"{each['act']['commune']}/{each['act']['sequence']}": each["act"]
        for each in data["binding"]["acts"]
    }
    named = [step for step in data["steps"] if step["act"]]

    assert len(named) == len(data["steps"]) - 1  # the record's own row
    for step in named:
        entry = acts[step["act"]]
        assert leaf_hash(canonical(entry)) == raw(step["link"])
        assert (entry["code"], entry["legal_day"]) == (step["act_code"], step["day"])
        assert (entry["actor_name"], entry["duty_unit"]) == (step["actor"], step["unit"])


def test_the_households_own_chain_can_be_computed_from_it(data: dict[str, Any]) -> None:
    commune, case = data["binding"]["head"]["commune"], data["subject"]["case"]
    link, links = bytes(32), {}
    for event in data["binding"]["events"]:
        link = leaf_hash(
            event_entry(
                link,
                commune,
                event["act"],
                event["sequence"],
                event["from"],
                event["to"],
                raw(event["commitment"]),
                case,
            )
        )
        links[event["sequence"]] = link

    shown = {s["event"]["sequence"]: raw(s["event"]["link"]) for s in data["steps"] if "event" in s}
    assert shown.items() <= links.items() and len(shown) >= 8
    assert data["proof"]["event"]["case"] == case


def test_it_says_no_name_of_the_household_and_no_personal_number(
    road: Road, data: dict[str, Any]
) -> None:
    text = json.dumps(data, ensure_ascii=False)

    assert "Nguyễn Văn Số" not in text and "head_name" not in text
    assert data["format"] == "rasoat-certificate/1" and data["schema_version"] == 1
    assert data["subject"] == {
        "kind": "household",
        "round": "2024-24646",
        "village": "24646.001",
        "case": PLAIN,
    }


def _climbed(leaf: bytes, index: int, size: int, path: bytes) -> bytes:
    """Follow an inclusion path (RFC 9162, 2.1.3.2)."""
    hashes = [path[i : i + 32] for i in range(0, len(path), 32)]
    last, node = size - 1, leaf
    for beside in hashes:
        if index & 1 or index == last:
            node = node_hash(beside, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = node_hash(node, beside)
        index, last = index >> 1, last >> 1
    assert hashlib.sha256(node) and last == 0
    return node
