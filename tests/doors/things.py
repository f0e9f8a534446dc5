"""What addresses name: the things of each place, things that are not there, and questions about them."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from cases.duties import Role
from cases.models import (
    Case,
    DeclaredInterest,
    Finding,
    Household,
    Level,
    Office,
    OfficeMember,
    RoleAssignment,
    Round,
    Sample,
    Unit,
    UnitVersion,
)
from tests.doors.places import NATION, NEXT_VILLAGE, VILLAGE, VILLAGES, WORDS
from tests.doors.routes import Things
from workflow.ledger.receipts import GIVEN_FOR

CODE = "qd24-2021-2cap"
SHEET, TOKEN = "danh-sach-ho", "a" * 32
# Rounds of a commune in the order in which they were walked.
MONTH_OF_INCOMES, YEAR, HALF_A_MONTH = 0, 1, 2
NOWHERE = "99999"
CODE_LENGTH = 5
# Named by a number: by what kind of thing, in which addresses.
NUMBERED = {
    "term": ["term"],
    "assignment": ["appointment-end", "appointment-delegate", "appointment-substitute"],
    "office": ["office", "office-member-new"],
    "member": ["office-member-end"],
    "interest": ["interest-end"],
    "receipt": ["receipt", "receipt-file"],
    "sample": ["audit-sample"],
    "finding": ["audit-finding"],
}
# What they name lies in a unit, although no round is in the address.
OF_A_UNIT = {
    "appointment-new",
    "office-new",
    *(route for kind in NUMBERED for route in NUMBERED[kind] if kind != "receipt"),
}
# Belongs to no commune: the same for whoever asks.
OF_THE_NATION: dict[str, dict[str, Any]] = {
    **{
        name: {"code": CODE}
        for name in ("pack", "pack-file", "pack-changes", "pack-approve", "pack-reject")
    },
    "import-upload": {"code": SHEET},
    "import-blank": {"code": SHEET},
    "import-file": {"code": SHEET, "token": TOKEN},
    "report": {"number": 2},
    "report-file": {"number": 2, "kind": "csv"},
}


def things_of(village: str, which: int = YEAR) -> Things:
    """Return what addresses name of a village: its round, its list, a household, a time limit."""
    commune = village.partition(".")[0]
    round = Round.objects.filter(commune__code=commune).order_by("pk")[which]
    cases = Case.objects.filter(round=round, village_review__village__code=village).order_by("pk")
    # Of the year the second, with a certificate: the first has been refused.
    case = cases[1 if which == YEAR else 0]
    return Things(
        {"key": round.key, "village": village, "code": case.code, "unit": commune},
        _of_routes(_numbers(commune, village, case), standard_of(commune)),
        questions_on(commune, round.year, case.household.head_name),
    )


def nothing_like(things: Things) -> Things:
    """Return the addresses of things that are not there, of the same form."""
    commune = things.words["unit"]
    return Things(
        {name: value.replace(commune, NOWHERE) for name, value in things.words.items()},
        _of_routes(dict.fromkeys(NUMBERED, 2**40), "minh-hoa-99"),
        questions_on(NOWHERE, 2024, "Không Có Ai"),
    )


def _of_routes(numbers: dict[str, int], standard: str) -> dict[str, dict[str, Any]]:
    numbered = {route: {"number": numbers[kind]} for kind in NUMBERED for route in NUMBERED[kind]}
    return {**OF_THE_NATION, **numbered, "local-standard": {"code": standard}}


def _numbers(commune: str, village: str, case: Case) -> dict[str, int]:
    """Return the numbers by which addresses name what has no code."""
    terms = case.round.terms.order_by("pk")
    held = RoleAssignment.objects.get(unit__code=village, role=Role.VILLAGE_HEAD)
    filed = case.events.filter(act__code__in=GIVEN_FOR).order_by("pk")
    first = filed.values_list("act__sequence", flat=True).first()
    return {
        "term": (terms.filter(village_review__village__code=village).first() or terms[0]).pk,
        "assignment": held.pk,
        "office": Office.objects.get(unit__code=commune).pk,
        "member": OfficeMember.objects.get(office__unit__code=commune).pk,
        "interest": DeclaredInterest.objects.get(household__village__code=village).pk,
        "receipt": first or 0,
        "sample": Sample.objects.get(unit__code=commune).pk,
        "finding": Finding.objects.get(village_review__village__code=village).pk,
    }


def questions_on(commune: str, year: int, head: str) -> dict[str, list[dict[str, Any]]]:
    """Return what can be asked of a commune behind the question mark, by route."""
    return {
        "rounds": [{"year": year, "kind": "PERIODIC"}, {"month": 5}, {"after": 10**9}],
        "village": [
            {"state": "certified"},
            {"household_class": "POOR", "name": head},
            {"after": 1},
        ],
        "terms": [{"trang": 2}],
        "plan": [{"days": 7}],
        "refusals": [{"words": head}],
        "units": [{"xa": commune}],
        "calendar": [{"nam": year}],
        "appointments": [{"ngay": "01/10/2024"}],
        "auditing": [
            {"what": "cases", "unit": commune, "year": year},
            {"what": "acts", "unit": commune, "year": year},
            {"what": "cases", "code": commune},
            {"what": "cases"},
            {"what": "acts"},
        ],
        "audit-findings": [{"key": f"{year}-{commune}"}, {"after": 10**9}],
        "audit-samples": [{"after": 10**9}],
        "audit-interests": [{"after": 10**9}],
        "audit-case": [{"day": "15/10/2024"}],
        "audit-village": [{"day": "15/10/2024"}],
        "audit-differences": [{"village": f"{commune}.001"}],
        "find-of-case": [{"source": "DIFFERENCE"}],
        "conformance": [{"unit": commune, "year": year}],
        "pack-changes": [{"tinh": "66"}],
        "report": [{"unit": commune, "year": year}],
        "report-file": [{"unit": commune, "year": year}],
    }


def standard_of(commune: str) -> str:
    """Return the code of the standard of the province in which a commune lies."""
    return {"24100": "minh-hoa-66"}.get(commune, "minh-hoa-67")


Pair = tuple[str, str, str]


def outside(place: str) -> Iterator[Pair]:
    """
    Yield a thing of a unit that is not one's own, one that is not there, and the code that was typed.

    Reports, appointments, searches, standards, editions, of higher units and of others.
    """
    foreign = foreign_to(place) | above(place)
    for unit in sorted(Unit.objects.filter(code__in=foreign), key=lambda unit: unit.code):
        yield from _asked(("appointments", "offices"), {}, "don-vi", unit.code)
        yield from _asked(("auditing", "conformance"), {"year": 2024}, "unit", unit.code)
        if unit.level != Level.VILLAGE:
            yield from _asked(("report",), {"year": 2024}, "unit", unit.code, number=2)
            for kind in ("csv", "xlsx"):
                words = {"number": 2, "kind": kind}
                yield from _asked(("report-file",), {"year": 2024}, "unit", unit.code, **words)
        if unit.level == Level.COMMUNE:
            yield from _asked(("units",), {}, "xa", unit.code)
        if unit.level == Level.PROVINCE:
            yield _named("local-standard", f"minh-hoa-{unit.code}", "minh-hoa-99")
    if place != NATION:
        for name in ("pack", "pack-file", "pack-changes", "pack-approve", "pack-reject"):
            yield _named(name, CODE, "qd99-9999")


def _asked(
    names: Iterable[str], query: dict[str, Any], word: str, code: str, **words: Any
) -> Iterator[Pair]:
    for name in names:
        url = reverse(name, kwargs=words)
        there, nowhere = (urlencode({word: each, **query}) for each in (code, NOWHERE))
        yield f"{url}?{there}", f"{url}?{nowhere}", code


def _named(name: str, there: str, nowhere: str) -> Pair:
    return reverse(name, args=[there]), reverse(name, args=[nowhere]), there


def above(place: str) -> set[str]:
    """Return the units above a place."""
    return set(_paths()[place].split("/")[:-2])


def foreign_to(place: str) -> set[str]:
    """Return the places that whoever works in a place may read nothing of: neither below nor above."""
    paths = _paths()
    own = paths[place]
    return {
        code
        for code, path in paths.items()
        if not path.startswith(own) and not own.startswith(path)
    }


def signs_of(places: Iterable[str]) -> dict[str, set[str]]:
    """
    Return by what each place is known on a page: its word, its code, the codes of its households.

    Provinces and districts have codes of two and three digits, which may be any number.
    """
    found = {place: {WORDS[place]} for place in places}
    for place, signs in found.items():
        if len(place) >= CODE_LENGTH:
            signs.add(place)
        homes = Household.objects.filter(village__code=place)
        signs |= set(homes.values_list("code", flat=True))
    return found


def _paths() -> dict[str, str]:
    versions = UnitVersion.objects.filter(unit__code__in=WORDS)
    return dict(versions.values_list("unit__code", "path"))


def villages_foreign_to(place: str) -> list[str]:
    """Return the villages whose things are not found from a place."""
    foreign = foreign_to(place)
    return [each for villages in VILLAGES.values() for each in villages if each in foreign]


def own_things(
    place: str, rounds: Iterable[int] = (MONTH_OF_INCOMES, YEAR, HALF_A_MONTH)
) -> list[Things]:
    """Return the things within the duty of whoever works in a place: of each round, of the year in both villages."""
    foreign = foreign_to(place)
    return [
        things_of(village, which)
        for village in (VILLAGE, NEXT_VILLAGE)
        if village not in foreign
        for which in rounds
        if village == VILLAGE or which == YEAR or VILLAGE in foreign
    ]


def urls_of_cases(things: Things) -> list[str]:
    """Return the addresses of all households of the village in the round."""
    key, village = things.words["key"], things.words["village"]
    cases = Case.objects.filter(village_review__village__code=village).select_related(
        "round__commune"
    )
    return [
        reverse("case", kwargs={"key": key, "code": case.code})
        for case in cases.order_by("pk")
        if case.round.key == key
    ]
