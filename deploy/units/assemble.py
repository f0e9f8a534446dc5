"""Turn the published lists into dated versions and successions (no clock, no network, no order)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cases.names import fold
from deploy.units.sources import Place, Sources, SourcesChanged

# A floor, not a legal date: rounds of 2021 to 2024 must find the communes of the last old tree.
FLOOR = date(2021, 1, 1)
# The last resolution behind the list of March 2025 took effect on this day; not checked per unit.
MARCH = date(2025, 3, 1)
TWO_TIERS = date(2025, 7, 1)

# First days of force of the resolutions of 2026, as a public data set of the units gives them in
# its table of releases; not read in the resolutions themselves, so each is marked [?].
IN_FORCE_2026 = {
    "30/2026/QH16": date(2026, 4, 30),
    "237/NQ-UBTVQH16": date(2026, 4, 30),
    "36/2026/QH16": date(2026, 9, 1),
    "39/2026/QH16": date(2026, 9, 20),
    "388/NQ-UBTVQH16": date(2026, 9, 20),
}

AREAS = {"xã": "RURAL", "thị trấn": "URBAN", "phường": "URBAN"}  # đặc khu: no source says

NATION = "VN"
JANUARY_SOURCE = "CU"
MARCH_SOURCE = "CU-3"
JULY_SOURCE = "MOI"
MAPPING_SOURCE = "CHUYEN"
SOURCES = {
    JANUARY_SOURCE: "Danh mục đơn vị hành chính 3 cấp (tệp ngày 04/01/2025). 01/01/2021 là mốc sàn của dữ liệu, không phải ngày có hiệu lực pháp lý [?]",
    MARCH_SOURCE: "Danh mục đơn vị hành chính 3 cấp (khoảng tháng 3/2025). 01/03/2025 là mốc của dữ liệu, chưa đối chiếu từng nghị quyết [?]",
    JULY_SOURCE: "Danh mục đơn vị hành chính 2 cấp, từ 01/07/2025; nguồn không nêu nghị quyết [?]",
    MAPPING_SOURCE: "Bảng chuyển đổi đơn vị hành chính mới - cũ, từ 01/07/2025",
}


@dataclass(frozen=True, order=True)
class Version:
    """One line of versions.csv."""

    path: str
    valid_from: date
    valid_until: date | None
    level: str
    name: str
    kind: str
    area: str
    source: str

    @property
    def code(self) -> str:
        return self.path.rstrip("/").rpartition("/")[2]


@dataclass(frozen=True, order=True)
class Succession:
    """One line of successions.csv."""

    predecessor: str
    successor: str
    on_date: date
    partial: bool
    source: str


@dataclass(frozen=True)
class Fixture:
    versions: tuple[Version, ...]
    successions: tuple[Succession, ...]
    sources: dict[str, str]


def assemble(sources: Sources) -> Fixture:
    """
    Return the whole fixture, sorted.

    :raises SourcesChanged: if two lists disagree where they are expected to agree
    """
    versions = [
        Version(f"{NATION}/", FLOOR, None, "NATION", "Việt Nam", "quốc gia", "", JANUARY_SOURCE),
        *_three_tiers(sources),
        *_two_tiers(sources),
    ]
    successions = [
        Succession(old, new, TWO_TIERS, partly, MAPPING_SOURCE)
        for old, new, partly in sources.commune_successors
    ]
    followed, _ = province_successions(sources)
    successions += [
        Succession(old, new, TWO_TIERS, False, MAPPING_SOURCE) for old, new in sorted(followed)
    ]
    used = {row.source for row in versions} | {row.source for row in successions}
    titles = SOURCES | _resolutions(sources)
    return Fixture(
        versions=tuple(sorted(versions, key=lambda row: (row.path, row.valid_from))),
        successions=tuple(sorted(successions)),
        sources={code: titles[code] for code in sorted(used)},
    )


def province_successions(sources: Sources) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """
    Return the successions of provinces that their communes followed, and those that none did.

    The package's province table names a pair that its own commune table contradicts.

    :raises SourcesChanged: if communes followed a pair that the province table does not name
    """
    old, new = sources.january, sources.july
    districts = {code: place.parent for code, place in old.districts.items()}
    communes = sources.march.communes | old.communes
    followed = {
        (districts[communes[before].parent], new.communes[after].parent)
        for before, after, _ in sources.commune_successors
    }
    named = set(sources.province_successors)
    if not followed <= named:
        raise SourcesChanged(f"successions of provinces not named: {sorted(followed - named)}")
    return followed, named - followed


def reformed_districts(sources: Sources) -> set[str]:
    """Return the districts that changed kind between the two old lists."""
    march = sources.march.districts
    return {
        code
        for code, place in sources.january.districts.items()
        if code in march and march[code].kind != place.kind
    }


def renamed_in_march(sources: Sources, old: Place, new: Place) -> bool:
    """
    Test if a unit really changed between the two old lists.

    A kind that differs counts everywhere. A name counts only in a district that was formed anew:
    elsewhere the two lists spell the same place in two ways (report.md lists them).
    """
    if old.kind != new.kind:
        return True
    return old.parent in reformed_districts(sources) and fold(old.name) != fold(new.name)


def kinds_changed_in_2026(sources: Sources) -> list[tuple[Place, Place]]:
    """
    Return the units whose kind today is not that of July 2025, before and after.

    :raises SourcesChanged: if the two lists differ in anything else
    """
    changed = []
    for july, today in (
        (sources.july.provinces, sources.today.provinces),
        (sources.july.communes, sources.today.communes),
    ):
        if july.keys() != today.keys():
            raise SourcesChanged(f"codes in one list only: {sorted(july.keys() ^ today.keys())}")
        for code, before in july.items():
            after = today[code]
            if before.kind != after.kind:
                changed.append((before, after))
            elif (before.name, before.parent) != (after.name, after.parent):
                raise SourcesChanged(f"{code}: {before} in one list, {after} in the other")
    return changed


def _three_tiers(sources: Sources) -> Iterator[Version]:
    january = sources.january
    for place in january.provinces.values():
        yield _version(place, NATION, "PROVINCE", FLOOR, TWO_TIERS, JANUARY_SOURCE)
    for place in january.districts.values():
        parent = f"{NATION}/{place.parent}"
        yield from _until_july(sources, place, sources.march.districts, parent, "DISTRICT")
    for place in january.communes.values():
        parent = _district_path(sources, place.parent)
        yield from _until_july(sources, place, sources.march.communes, parent, "COMMUNE")
    for code, place in sources.march.communes.items():
        if code not in january.communes:
            parent = _district_path(sources, place.parent)
            yield _version(place, parent, "COMMUNE", MARCH, TWO_TIERS, MARCH_SOURCE)


def _until_july(
    sources: Sources, place: Place, march: dict[str, Place], parent: str, level: str
) -> Iterator[Version]:
    """Yield what a unit of January was until July: one version, or two, or one that ends in March."""
    later = march.get(place.code)
    if later is None:
        yield _version(place, parent, level, FLOOR, MARCH, JANUARY_SOURCE)
    elif later.parent != place.parent:
        raise SourcesChanged(f"{place.code} is in {place.parent} and in {later.parent}")
    elif renamed_in_march(sources, place, later):
        yield _version(place, parent, level, FLOOR, MARCH, JANUARY_SOURCE)
        yield _version(later, parent, level, MARCH, TWO_TIERS, MARCH_SOURCE)
    else:
        yield _version(place, parent, level, FLOOR, TWO_TIERS, JANUARY_SOURCE)


def _district_path(sources: Sources, district: str) -> str:
    return f"{NATION}/{sources.january.districts[district].parent}/{district}"


def _two_tiers(sources: Sources) -> Iterator[Version]:
    after = {place.code: place for _, place in kinds_changed_in_2026(sources)}
    for level, places in (
        ("PROVINCE", sources.july.provinces),
        ("COMMUNE", sources.july.communes),
    ):
        for code, place in places.items():
            parent = f"{NATION}/{place.parent}".rstrip("/")
            founding = _founding_source(sources, place)
            if code not in after:
                yield _version(place, parent, level, TWO_TIERS, None, founding)
                continue
            changed = after[code]
            day = in_force(changed)
            yield _version(place, parent, level, TWO_TIERS, day, founding)
            yield _version(changed, parent, level, day, None, _number(changed.resolution))


def in_force(changed: Place) -> date:
    """
    Return the first day of what a unit became in 2026.

    :raises SourcesChanged: if the resolution is one this script does not know
    """
    number = _number(changed.resolution)
    if number not in IN_FORCE_2026:
        raise SourcesChanged(f"{changed.code}: no first day of force for {number or 'no number'}")
    return IN_FORCE_2026[number]


def _founding_source(sources: Sources, place: Place) -> str:
    """Return the resolution of 2025 behind a unit: one for each province's communes."""
    today = sources.today
    notes = (
        {row.resolution for row in today.communes.values() if row.parent == place.parent}
        if place.parent
        else {today.provinces[place.code].resolution}
    )
    of_2025 = sorted(_number(note) for note in notes if note.endswith("/2025"))
    if len(of_2025) > 1:
        raise SourcesChanged(f"{place.parent}: more than one resolution of 2025: {of_2025}")
    return of_2025[0] if of_2025 else JULY_SOURCE


def _number(resolution: str) -> str:
    return resolution.partition(" ")[0]


def _resolutions(sources: Sources) -> dict[str, str]:
    notes = {
        place.resolution
        for places in (sources.today.provinces, sources.today.communes)
        for place in places.values()
        if place.resolution
    }
    return {_number(note): _title(note) for note in notes}


def _title(resolution: str) -> str:
    title = f"Nghị quyết {resolution}"
    day = IN_FORCE_2026.get(_number(resolution))
    if day is None:
        return title
    return f"{title}, từ {day:%d/%m/%Y} theo dữ liệu công khai, chưa đối chiếu văn bản [?]"


def _version(
    place: Place, parent: str, level: str, start: date, end: date | None, source: str
) -> Version:
    area = AREAS.get(place.kind, "") if level == "COMMUNE" else ""
    path = f"{parent}/{place.code}/"
    return Version(path, start, end, level, place.name, place.kind, area, source)
