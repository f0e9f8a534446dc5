"""A forged certificate is refused by the verifier, which knows nothing of this program."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from cases.ledger.entries import canonical
from cases.ledger.merkle import appended, leaf_hash, root_of_peaks
from cases.models import Act, Case, Household
from tests.conftest import Road
from tests.invariants.roads import CONTESTED, PLAIN
from tests.invariants.roads import every_road as every_road
from workflow.ledger.certificate import household_certificate, village_certificate
from workflow.ledger.certificate_json import as_data
from workflow.ledger.erasure import erase
from workflow.machine import insert_only

VERIFIER = Path("verifier/rasoat_verify.py")
Data = dict[str, Any]
FORGERIES: list[Callable[[Data, Data], None]] = []


def forgery(change: Callable[[Data, Data], None]) -> Callable[[Data, Data], None]:
    FORGERIES.append(change)
    return change


def step(data: Data, code: str) -> Data:
    return next(each for each in data["steps"] if each["code"] == code)


@forgery
def the_day_of_a_step(data: Data, _other: Data) -> None:
    step(data, "meeting")["day"] = "2024-09-30"


@forgery
def who_did_a_step(data: Data, _other: Data) -> None:
    step(data, "decided")["actor"] = "Nguyễn Văn Khác"


@forgery
def on_which_unit_the_duty_was_held(data: Data, _other: Data) -> None:
    step(data, "opinion")["unit"] = "67"


@forgery
def the_number_of_an_act(data: Data, _other: Data) -> None:
    numbers = [each["act"] for each in data["steps"] if each["act"]]
    step(data, "vote")["act"] = numbers[0]


@forgery
def the_link_of_an_act(data: Data, _other: Data) -> None:
    step(data, "vote")["link"] = step(data, "decided")["link"]


@forgery
def an_event_of_another_act(data: Data, _other: Data) -> None:
    data["binding"]["events"][2]["act"] += 1


@forgery
def a_state_of_an_event(data: Data, _other: Data) -> None:
    data["binding"]["events"][3]["to"] = "disagreed"


@forgery
def a_gap_counted_as_met(data: Data, _other: Data) -> None:
    data["met"] += 1


@forgery
def the_proof_of_another_household(data: Data, other: Data) -> None:
    data["proof"] = other["proof"]


@forgery
def another_household_with_this_ones_record(data: Data, other: Data) -> None:
    data["subject"] = other["subject"]


@forgery
def another_round(data: Data, _other: Data) -> None:
    data["subject"]["round"] = "2023-24646"


@forgery
def what_an_act_said(data: Data, _other: Data) -> None:
    data["binding"]["acts"][0]["act"]["actor_name"] = "Nguyễn Văn Khác"


@forgery
def the_head(data: Data, _other: Data) -> None:
    tree = data["binding"]["head"]["tree"]
    data["binding"]["head"]["tree"] = tree[1:] + tree[:1]


@forgery
def an_act_that_is_left_out(data: Data, _other: Data) -> None:
    data["binding"]["acts"].pop(1)


@pytest.fixture
def made(every_road: Road) -> tuple[Data, Data]:
    """Return the certificates of two households, as their files say them."""
    cases = Case.objects.select_related("round__commune", "village_review__village")
    pair = (household_certificate(cases.get(code=c), at=every_road.at) for c in (PLAIN, CONTESTED))
    first, second = (json.loads(json.dumps(as_data(each))) for each in pair)
    return first, second


def verified(data: Data, folder: Path, *more: str) -> bool:
    """Run the verifier as anybody would; return what its exit code says."""
    file = folder / "chung-nhan.json"
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, str(VERIFIER), "certificate", str(file), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode in (0, 1), done.stderr
    return done.returncode == 0


def test_a_certificate_holds_as_it_was_made_and_not_when_it_was_forged(
    made: tuple[Data, Data], road: Road, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    assert all(verified(data, tmp_path) for data in made)
    assert verified(as_data(village_certificate(road.reviews[0], at=road.at)), tmp_path)

    for forge in FORGERIES:
        with subtests.test(forge.__name__):
            forged = deepcopy(made[0])
            forge(forged, made[1])

            assert forged != made[0]
            assert not verified(forged, tmp_path)


def test_against_the_exported_record_even_a_forger_of_all_hashes_is_found(
    made: tuple[Data, Data], road: Road, tmp_path: Path
) -> None:
    folder = str(tmp_path / "so")
    call_command("export_ledger", folder, unit="24646", stdout=StringIO())
    assert verified(made[0], tmp_path, "--export", folder)

    rewrite_and_rechain("give_opinion", "Nguyễn Văn Khác")
    forged = as_data(household_certificate(Case.objects.get(code=PLAIN), at=road.at))

    assert step(forged, "opinion")["actor"] == "Nguyễn Văn Khác"
    assert verified(forged, tmp_path)  # it agrees with itself
    assert not verified(forged, tmp_path, "--export", folder)


def rewrite_and_rechain(code: str, actor: str) -> None:
    """Put another name to an act and compute the whole record anew, as who owns the database can."""
    insert_only.remove("default")
    previous, peaks = bytes(32), b""
    for size, act in enumerate(Act.objects.order_by("sequence")):
        if act.code == code:
            act.actor_name = actor
        said = {"previous": base64.b64encode(previous).decode(), "actor_name": act.actor_name}
        entry = canonical({**json.loads(act.entry), **said})
        previous = leaf_hash(entry)
        peaks = appended(peaks, size, previous)
        act.entry, act.link, act.tree = entry.decode(), previous, root_of_peaks(peaks)
        act.save()


def test_an_erased_household_has_its_certificate_still(
    made: tuple[Data, Data], road: Road, tmp_path: Path
) -> None:
    household = Household.objects.get(code=PLAIN)
    erase(household, paper="12/QĐ-UBND", by_name="Bình", at=road.at)
    case = Case.objects.select_related("round__commune", "village_review__village").get(code=PLAIN)

    after = as_data(household_certificate(case, at=road.at))

    assert (after["met"], after["of"]) == (made[0]["met"], made[0]["of"])
    assert after["binding"]["events"] == made[0]["binding"]["events"]
    assert verified(after, tmp_path)
