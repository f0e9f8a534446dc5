"""
Acts on cases as XES (IEEE 1849): one trace a case, one event an act on it, streamed.

Standard extensions only (concept, org, time, lifecycle); what is ours begins with "rasoat:". The order
of elements is the schema's: extensions, globals, classifiers, attributes of the log, traces.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any
from xml.sax.saxutils import quoteattr

from django.db.models import QuerySet
from django.utils.timezone import localtime

from cases.models import Act, Case, Event
from workflow.auditing.keys import ROUND_KEY, round_key
from workflow.auditing.pseudonyms import Pseudonyms

NAMESPACE = "http://www.xes-standard.org/"
EXTENSIONS = (
    ("Concept", "concept", f"{NAMESPACE}concept.xesext"),
    ("Organizational", "org", f"{NAMESPACE}org.xesext"),
    ("Time", "time", f"{NAMESPACE}time.xesext"),
    ("Lifecycle", "lifecycle", f"{NAMESPACE}lifecycle.xesext"),
)
OF_EVERY_EVENT = (
    ("string", "concept:name", "act"),
    ("string", "org:resource", "somebody"),
    ("string", "org:role", "duty"),
    ("date", "time:timestamp", "1970-01-01T00:00:00.000+00:00"),
    ("string", "lifecycle:transition", "complete"),
)
_COLUMNS = (
    "case_id",
    "case__code",
    *(f"case__round__{name}" for name in ROUND_KEY),
    "case__review",
    "case__village_review__village__code",
    "sequence",
    "from_state",
    "to_state",
    "act__code",
    "act__actor_id",
    "act__duty",
    "act__duty_unit__code",
    "act__at",
    "act__sequence",
    "act__pack",
)


def xes(cases: QuerySet[Case], names: Pseudonyms) -> Iterator[bytes]:
    """Yield the file piece by piece; two queries, whatever the number of cases."""
    people = names.people(Act.objects.filter(round__in=cases.order_by().values("round")))
    yield from (line.encode() for line in _head())
    rows = Event.objects.filter(case__in=cases.order_by().values("pk"))
    rows = rows.order_by("case__commune", "case__village", "case", "sequence")
    events = rows.values_list(*_COLUMNS).iterator(chunk_size=5000)
    for _case, of_case in groupby(events, key=lambda row: row[0]):
        yield "".join(_trace(list(of_case), names, people)).encode()
    yield b"</log>\n"


def _head() -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<log xes.version="1849-2016" xes.features="" xmlns="{NAMESPACE}">\n'
    for name, prefix, uri in EXTENSIONS:
        yield f'  <extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n'
    yield (
        '  <global scope="trace">\n'
        + _attribute("string", "concept:name", "case", 4)
        + "  </global>\n"
    )
    yield '  <global scope="event">\n'
    for kind, key, value in OF_EVERY_EVENT:
        yield _attribute(kind, key, value, 4)
    yield "  </global>\n"
    yield '  <classifier name="Activity" keys="concept:name"/>\n'
    yield _attribute("string", "concept:name", "Ra-soat", 2)
    yield _attribute("string", "lifecycle:model", "standard", 2)


def _trace(rows: list[tuple[Any, ...]], names: Pseudonyms, people: dict[int, str]) -> Iterator[str]:
    _pk, code, *rest = rows[0]
    key, (review, village) = round_key(*rest[: len(ROUND_KEY)]), rest[len(ROUND_KEY) :][:2]
    yield "  <trace>\n"
    yield _attribute("string", "concept:name", names.case(key, code), 4)
    yield _attribute("string", "rasoat:round", key, 4)
    yield _attribute("string", "rasoat:review", review, 4)
    yield _attribute("string", "rasoat:village", village, 4)
    for row in rows:
        yield from _event(row[-10:], people)
    yield "  </trace>\n"


def _event(row: tuple[Any, ...], people: dict[int, str]) -> Iterator[str]:
    number, source, target, act, actor, duty, unit, at, act_number, pack = row
    yield "    <event>\n"
    yield _attribute("string", "concept:name", act, 6)
    yield _attribute("string", "org:resource", people[actor], 6)
    yield _attribute("string", "org:role", duty, 6)
    yield _attribute("string", "org:group", unit, 6)
    yield _attribute("date", "time:timestamp", stamp(at), 6)
    yield _attribute("string", "lifecycle:transition", "complete", 6)
    yield _attribute("int", "rasoat:event", str(number), 6)
    yield _attribute("int", "rasoat:act", str(act_number), 6)
    yield _attribute("string", "rasoat:from", source, 6)
    yield _attribute("string", "rasoat:to", target, 6)
    yield _attribute("string", "rasoat:pack", pack, 6)
    yield "    </event>\n"


def _attribute(kind: str, key: str, value: str, indent: int) -> str:
    return f"{' ' * indent}<{kind} key={quoteattr(key)} value={quoteattr(value)}/>\n"


def stamp(at: datetime) -> str:
    """Return a moment as both formats write it: Vietnam's time with its offset, in milliseconds."""
    return localtime(at).isoformat(timespec="milliseconds")
