"""
Where the walk of the doors happens: two provinces, two districts, three communes, four villages.

Every name that is written down in a place carries that place's own word, which nothing else in
the world contains: a page with the word of a place shows something of that place.
"""

from datetime import date
from typing import Any

from cases.duties import Role
from cases.models import Area, Level, RoleAssignment, Unit, User
from cases.permissions import sync_grants
from tests.conftest import make_unit, moment
from workflow.offices import join_office, open_office

NATION = "VN"
OPENED = moment("2024-09-01")
OWN, NEIGHBOUR, FAR = "24646", "24652", "24100"  # communes; the last in another province
VILLAGE, NEXT_VILLAGE = "24646.001", "24646.002"
ABOVE = {OWN: ("662", "67"), NEIGHBOUR: ("662", "67"), FAR: ("643", "66")}
VILLAGES = {OWN: (VILLAGE, NEXT_VILLAGE), NEIGHBOUR: ("24652.001",), FAR: ("24100.001",)}

# Words that no language, page or code contains.
WORDS = {
    NATION: "zqnuoc",
    "67": "zqtinhmot",
    "66": "zqtinhhai",
    "662": "zqhuyenmot",
    "643": "zqhuyenhai",
    OWN: "zqxamot",
    NEIGHBOUR: "zqxahai",
    FAR: "zqxaba",
    VILLAGE: "zqthonmot",
    NEXT_VILLAGE: "zqthonhai",
    "24652.001": "zqthonba",
    "24100.001": "zqthonbon",
}
# Who works in a village, in a commune and above it; the village people of a commune of one village.
IN_VILLAGE = (Role.REVIEWER, Role.VILLAGE_HEAD, Role.MEETING_SECRETARY)
IN_COMMUNE = (Role.COMMUNE_OFFICER, Role.COMMUNE_COMMITTEE, Role.COMMUNE_CHAIR)


def said(place: str, text: str) -> str:
    """Return a text as it is written down in a place."""
    return f"{text} {WORDS[place]}"


def unit(place: str) -> Unit:
    return Unit.objects.get(code=place)


def user_of(role: Role, place: str) -> User:
    return User.objects.get(username=username(role, place))


def username(role: Role, place: str) -> str:
    return f"{role.lower()}-{WORDS[place]}"


def appoint(role: Role, place: str, until: date | None = None) -> User:
    """Give a role on a place to a person who has no other."""
    person = User.objects.create(
        username=username(role, place) + ("" if until is None else "-once"),
        full_name=said(place, "Nguyễn Văn Tên"),
        position=said(place, "Chức danh"),
    )
    RoleAssignment.objects.create(
        user=person,
        role=role,
        unit=unit(place),
        valid_from=date(2021, 1, 1),
        valid_until=until,
        paper=said(place, "Quyết định"),
    )
    return person


def make_above() -> None:
    """Make the nation, the provinces and the districts, with whoever works there."""
    nation = _make(NATION, Level.NATION, "nước", None)
    for province, district in (("67", "662"), ("66", "643")):
        above = _make(province, Level.PROVINCE, "tỉnh", nation)
        _make(district, Level.DISTRICT, "huyện", above)
        appoint(Role.DEPARTMENT, province)
        for role in (Role.AUDITOR, Role.INSPECTION):
            appoint(role, province)
        appoint(Role.SUPERIOR_CHAIR, district)
    appoint(Role.MINISTRY, NATION)
    appoint(Role.AUDITOR, NATION)


def make_commune(code: str) -> Unit:
    """Make a commune, its villages and its people."""
    commune = _make(code, Level.COMMUNE, "xã", unit(ABOVE[code][0]), Area.RURAL)
    for village in VILLAGES[code]:
        _make(village, Level.VILLAGE, "thôn", commune)
        for role in IN_VILLAGE:
            appoint(role, village)
    for role in (*IN_COMMUNE, Role.AUDITOR, Role.FRONT):
        appoint(role, code)
    sync_grants(date(2024, 9, 1))
    _open_office(code)
    return commune


def _open_office(code: str) -> None:
    """Open an office of the commune, with one clerk; who opens it is an administrator."""
    facts: dict[str, Any] = {"since": OPENED.date(), "paper": said(code, "Quyết định")}
    office = open_office(unit=unit(code), role=Role.COMMUNE_OFFICER, name=said(code, "Bộ phận"),
        by=None, at=OPENED, **facts)  # fmt: skip
    clerk = User.objects.create(
        username=f"clerk-{WORDS[code]}", full_name=said(code, "Lê Thị Văn Thư")
    )
    join_office(office=office, user=clerk, until=None, by=None, at=OPENED, **facts)


def _make(code: str, level: Level, kind: str, parent: Unit | None, area: str = "") -> Unit:
    made = make_unit(code, level, said(code, kind.capitalize()), kind, parent, area)
    made.versions.update(source_document=said(code, "Nghị quyết"))
    return made
