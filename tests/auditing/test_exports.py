"""Acts as XES and as OCEL 2.0: well formed, complete, and without anybody's name."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Act, Case, Event, Household, Round, Unit, User
from tests.conftest import Road
from tests.months import Month
from workflow.auditing.exporting import cases_to_export, rounds_to_export
from workflow.auditing.ocel import ocel
from workflow.auditing.pseudonyms import Pseudonyms
from workflow.auditing.xes import xes

XES = "{http://www.xes-standard.org/}"
# The order in which the XES schema wants the children of a log, and the attributes it knows.
ATTRIBUTES = ("string", "date", "int", "float", "boolean", "id", "list", "container")
ORDER = ("extension", "global", "classifier", *ATTRIBUTES, "trace", "event")
OF_EVERY_EVENT = {
    "concept:name",
    "org:resource",
    "org:role",
    "time:timestamp",
    "lifecycle:transition",
}

# The published JSON schema of OCEL 2.0, as far as it says anything: members, types, what is required.
ATTRIBUTE_TYPES = {"string", "time", "integer", "float", "boolean"}
OCEL_SCHEMA: dict[str, dict[str, type]] = {
    "objectTypes": {"name": str, "attributes": list},
    "eventTypes": {"name": str, "attributes": list},
    "objects": {"id": str, "type": str},
    "events": {"id": str, "type": str, "time": str},
}


def log_of(road: Road, *, plain: bool = False) -> ET.Element:
    return ET.fromstring(b"".join(xes(road.round.cases.all(), Pseudonyms(plain=plain))))  # noqa: S314 (our own text)


def written(write: Any, road: Road, names: Pseudonyms, **of: Any) -> bytes:
    """Return the file of the road's round, or of some of its cases."""
    cases = road.round.cases.filter(**of)
    rounds = (Round.objects.filter(pk=road.round.pk),) if write is ocel else ()
    return b"".join(write(cases, *rounds, names))


def ocel_of(road: Road, *, plain: bool = False) -> dict[str, Any]:
    text = written(ocel, road, Pseudonyms(plain=plain))
    read: dict[str, Any] = json.loads(text)
    return read


def values(element: ET.Element) -> dict[str, str]:
    """Return an element's own attributes; each must be of a known kind, named once."""
    own = [child for child in element if local(child) in ATTRIBUTES]
    keys = [child.attrib["key"] for child in own]
    assert len(keys) == len(set(keys))
    return {child.attrib["key"]: child.attrib["value"] for child in own}


def local(element: ET.Element) -> str:
    assert element.tag.startswith(XES)
    return element.tag.removeprefix(XES)


def xes_faults(log: ET.Element) -> list[str]:
    """Return what breaks the rules of XES: versions, order, extensions, and what each event must say."""
    faults = []
    if local(log) != "log" or not {"xes.version", "xes.features"} <= log.attrib.keys():
        faults.append("log")
    places = [ORDER.index(local(child)) for child in log]
    if [p if p < 3 or p > 10 else 3 for p in places] != sorted(
        p if p < 3 or p > 10 else 3 for p in places
    ):
        faults.append("order")
    declared = {child.attrib["prefix"] for child in log if local(child) == "extension"}
    for trace in log.findall(f"{XES}trace"):
        if "concept:name" not in values(trace):
            faults.append("trace")
        for event in trace.findall(f"{XES}event"):
            said = values(event)
            if not said.keys() >= OF_EVERY_EVENT:
                faults.append("event")
            used = {key.split(":")[0] for key in said} - {"rasoat"}
            faults += [f"prefix {prefix}" for prefix in used - declared]
            if (
                "time:timestamp" in said
                and not datetime.fromisoformat(said["time:timestamp"]).tzinfo
            ):
                faults.append("time")
    return faults


def ocel_faults(log: dict[str, Any]) -> list[str]:
    """Return what breaks the schema of OCEL 2.0, and the references it demands."""
    faults = [name for name in OCEL_SCHEMA if not isinstance(log.get(name), list)]
    if faults:
        return faults
    for name, members in OCEL_SCHEMA.items():
        for item in log[name]:
            faults += [
                f"{name}.{m}" for m, kind in members.items() if not isinstance(item.get(m), kind)
            ]
    for kinds, items in (("objectTypes", "objects"), ("eventTypes", "events")):
        types = {
            each["name"]: {a["name"]: a["type"] for a in each["attributes"]} for each in log[kinds]
        }
        faults += [k for t in types.values() for k in t.values() if k not in ATTRIBUTE_TYPES]
        seen = set()
        for item in log[items]:
            if item["id"] in seen:
                faults.append(f"twice {item['id']}")
            seen.add(item["id"])
            for attribute in item.get("attributes", []):
                if attribute["name"] not in types.get(item["type"], {}):
                    faults.append(f"undeclared {item['type']}.{attribute['name']}")
                if items == "objects" and not attribute.get("time"):
                    faults.append("attribute without time")
    known = {item["id"] for item in log["objects"]}
    for item in (*log["objects"], *log["events"]):
        for related in item.get("relationships", []):
            if set(related) != {"objectId", "qualifier"} or related["objectId"] not in known:
                faults.append(f"relationship of {item['id']}")
    return faults


def test_xes_has_a_trace_of_every_case_and_an_event_of_every_act_on_it(walked: Road) -> None:
    log = log_of(walked)

    assert xes_faults(log) == []
    traces = log.findall(f"{XES}trace")
    assert len(traces) == 8
    assert sum(len(trace.findall(f"{XES}event")) for trace in traces) == Event.objects.count()
    longest = max(traces, key=len).findall(f"{XES}event")
    assert [values(e)["concept:name"] for e in longest][:3] == ["build_list", "survey", "classify"]


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda log: log.attrib.pop("xes.version"), "log"),
        (lambda log: log.append(log[0]), "order"),
        (lambda log: log.remove(log[1]), "prefix org"),
        (lambda log: log[-1][-1].remove(log[-1][-1][0]), "event"),
    ],
)
def test_a_spoilt_xes_is_seen(walked: Road, spoil: Callable[[Any], Any], fault: str) -> None:
    log = log_of(walked)
    spoil(log)

    assert fault in xes_faults(log)


def test_ocel_has_every_act_once_with_all_it_was_about(walked: Road) -> None:
    log = ocel_of(walked, plain=True)

    assert ocel_faults(log) == []
    acts = Act.objects.all()
    assert {"open_round", "build_list"} <= {event["type"] for event in log["events"]}
    assert {event["id"] for event in log["events"]} == {f"24646/{a.sequence}" for a in acts}
    about = {
        event["id"]: sum(r["qualifier"] == "about" for r in event["relationships"])
        for event in log["events"]
    }
    assert about == {f"24646/{a.sequence}": a.count for a in acts}


def test_a_round_without_a_case_is_in_ocel_with_its_acts(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    """A month that nobody asked in is opened and reported all the same."""
    month = Month(road.cast, road.commune).open()
    month.on("2024-06-04").do("binh", "sign_monthly_report", month.round, number="06/BC-UBND")
    rounds = rounds_to_export(None, road.commune, 2024)
    assert not cases_to_export(None, road.commune, 2024).exists()

    log = json.loads(b"".join(ocel(Case.objects.none(), rounds, Pseudonyms(plain=True))))

    assert ocel_faults(log) == []
    assert [event["type"] for event in log["events"]] == ["open_round", "sign_monthly_report"]
    for event in log["events"]:
        related = {r["qualifier"]: r["objectId"] for r in event["relationships"]}
        assert related == {"in the round": month.round.key, "done by": "officer:Võ Văn Bình"}


def test_what_leaves_of_rounds_lies_within_the_duty(walked: Road, quang: User) -> None:
    province = Unit.objects.get(code="67")

    assert list(rounds_to_export(walked.cast["son"], province, 2024)) == [walked.round]
    assert not rounds_to_export(walked.cast["son"], province, 2023).exists()
    assert not rounds_to_export(quang, province, None).exists()


def resources(log: ET.Element) -> set[str]:
    events = (
        event for trace in log.findall(f"{XES}trace") for event in trace.findall(f"{XES}event")
    )
    return {values(event)["org:resource"] for event in events}


def officers(log: dict[str, Any]) -> set[str]:
    return {o["id"] for o in log["objects"] if o["type"] == "officer"}


@pytest.mark.parametrize("plain", [True, False])
def test_two_officers_of_one_name_stay_two(walked: Road, tampering: None, plain: bool) -> None:
    on_cases = Event.objects.values("act__actor").distinct().count()
    in_all = Act.objects.values("actor").distinct().count()
    Act.objects.update(actor_name="Nguyễn Văn An")

    assert len(resources(log_of(walked, plain=plain))) == on_cases
    assert len(officers(ocel_of(walked, plain=plain))) == in_all


def test_an_officer_whose_name_was_changed_stays_one(walked: Road, tampering: None) -> None:
    meeting = Act.objects.filter(code="hold_meeting").order_by("pk").last()
    assert meeting is not None
    before = len(resources(log_of(walked)))
    Act.objects.filter(pk=meeting.pk).update(actor_name="Tên Mới")

    assert len(resources(log_of(walked))) == len(resources(log_of(walked, plain=True))) == before
    assert "officer:Tên Mới" in officers(ocel_of(walked, plain=True))


def test_a_case_in_ocel_has_its_states_over_time(walked: Road) -> None:
    log = ocel_of(walked, plain=True)

    (case,) = [o for o in log["objects"] if o["id"] == "2024-24646/24646-00002"]
    states = [each["value"] for each in case["attributes"]]
    recorded = Event.objects.filter(case__code="24646-00002").order_by("sequence")
    assert states == list(recorded.values_list("to_state", flat=True))
    assert {r["qualifier"] for r in case["relationships"]} == {
        "of the round", "on the list", "of the household",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda log: log.pop("events"), "events"),
        (lambda log: log["objects"].pop(0), "relationship"),
        (lambda log: log["events"].append(log["events"][0]), "twice"),
        (lambda log: log["events"][0].pop("time"), "events.time"),
        (lambda log: log["eventTypes"].clear(), "undeclared"),
    ],
)
def test_a_spoilt_ocel_is_seen(walked: Road, spoil: Callable[[Any], Any], fault: str) -> None:
    log = ocel_of(walked)
    spoil(log)

    assert any(found.startswith(fault) for found in ocel_faults(log))


@pytest.mark.parametrize("write", [xes, ocel])
def test_no_name_and_no_household_code_leaves(walked: Road, write: Any) -> None:
    text = written(write, walked, Pseudonyms()).decode()

    names = {act.actor_name for act in Act.objects.all()} | {
        household.head_name for household in Household.objects.all()
    }
    codes = {case.code for case in Case.objects.all()}
    assert [word for word in (*names, *codes) if word in text] == []
    plain = written(write, walked, Pseudonyms(plain=True)).decode()
    assert all(code in plain for code in codes), "the search would have found nothing anyway"


def test_two_exports_cannot_be_laid_side_by_side(walked: Road) -> None:
    first, second = (
        {o["id"] for o in ocel_of(walked)["objects"] if o["type"] == "household"} for _n in "12"
    )

    assert first.isdisjoint(second)


def test_within_one_export_a_household_keeps_its_name(walked: Road) -> None:
    names = Pseudonyms()

    assert names.household("24646-00001") == names.household("24646-00001")
    people = names.people(Act.objects.all())
    assert people == names.people(Act.objects.all())
    assert names.household(str(walked.cast["binh"].pk)) != people[walked.cast["binh"].pk]


@pytest.mark.parametrize("write", [xes, ocel])
def test_five_cases_and_two_hundred_cost_the_same_questions(
    road: Road, make_households: Callable[..., list[Household]], write: Any
) -> None:
    make_households(Unit.objects.get(code="24646.002"), 200)
    road.open().list().survey()
    asked = []
    for village in ("24646.001", "24646.002"):
        with CaptureQueriesContext(connection) as counted:
            written(write, road, Pseudonyms(), village__code=village)
        asked.append(len(counted))

    assert asked[0] == asked[1]
