"""Say in words what the fixture holds and what a person should know before trusting it."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from cases.names import fold
from deploy.units.assemble import (
    Fixture,
    Version,
    in_force,
    kinds_changed_in_2026,
    province_successions,
    reformed_districts,
    renamed_in_march,
)
from deploy.units.sources import PINNED, Place, Sources

DAYS = (date(2024, 10, 1), date(2025, 6, 1), date(2025, 7, 1), date(2026, 5, 1), date(2026, 10, 1))


def write_report(sources: Sources, fixture: Fixture, files: dict[str, bytes]) -> str:
    sections = [
        _heading(files),
        _counts(fixture),
        _changes_of_2026(sources),
        _between_january_and_march(sources),
        _without_successor(sources),
        _without_source(sources),
        _areas_unknown(fixture),
        _spellings(sources),
        _several_successors(sources),
    ]
    return "\n".join(line.rstrip() for section in sections for line in section) + "\n"


def _heading(files: dict[str, bytes]) -> Iterator[str]:
    yield "# The administrative units: what was built and what is not certain"
    yield ""
    yield "Written by `python -m deploy.units.build`; do not edit. Facts marked [?] are not verified."
    yield ""
    yield from _table(["package", "version"], sorted(PINNED.items()))
    yield from _table(
        ["file", "bytes", "sha256"],
        [
            (f"`{name}`", len(content), hashlib.sha256(content).hexdigest())
            for name, content in sorted(files.items())
        ],
    )


def _counts(fixture: Fixture) -> Iterator[str]:
    yield "## Counts"
    yield ""
    yield f"- {len({row.code for row in fixture.versions}):,} units, {len(fixture.versions):,} versions."
    yield f"- {len(fixture.successions):,} successions (communes and provinces)."
    yield "- Versions of the old tree start on 01/01/2021: a floor of the data, not a legal date [?]."
    yield ""
    rows = []
    for day in DAYS:
        there = [row for row in fixture.versions if _holds(row, day)]
        levels = Counter(row.level for row in there)
        kinds = Counter(row.kind for row in there if row.level == "COMMUNE")
        cities = sum(row.kind == "thành phố" for row in there if row.level == "PROVINCE")
        rows.append(
            [f"{day:%d/%m/%Y}", levels["PROVINCE"], cities, levels["DISTRICT"], levels["COMMUNE"]]
            + [kinds[kind] for kind in ("xã", "phường", "thị trấn", "đặc khu")]
        )
    columns = ["on", "provinces", "of them thành phố", "districts", "communes"]
    yield from _table([*columns, "xã", "phường", "thị trấn", "đặc khu"], rows)


def _holds(row: Version, day: date) -> bool:
    return row.valid_from <= day and (row.valid_until is None or day < row.valid_until)


def _changes_of_2026(sources: Sources) -> Iterator[str]:
    changed = kinds_changed_in_2026(sources)
    yield f"## Kinds changed in 2026: {len(changed)} units"
    yield ""
    yield "The resolutions are named in the notes of the statistics office's list. Their first days of force"
    yield "come from the table of releases of a public data set of the units (vietnamese-provinces-database,"
    yield "v3.1.0, v5.1.0, v5.2.0) and were not read in the resolutions: [?]."
    yield ""
    yield from _table(
        ["code", "before", "after", "resolution", "from [?]"],
        [
            (new.code, old.name, new.name, new.resolution, f"{in_force(new):%d/%m/%Y}")
            for old, new in changed
        ],
    )


def _between_january_and_march(sources: Sources) -> Iterator[str]:
    january, march = sources.january, sources.march
    gone = [place for code, place in january.communes.items() if code not in march.communes]
    come = [place for code, place in march.communes.items() if code not in january.communes]
    both = [
        (old, new)
        for olds, news in ((january.districts, march.districts), (january.communes, march.communes))
        for old, new in ((place, news[code]) for code, place in olds.items() if code in news)
        if renamed_in_march(sources, old, new)
    ]
    yield "## Between the two old lists (January and March 2025)"
    yield ""
    yield f"The list of 04/01/2025 has {len(january.communes):,} communes, that of about March 2025"
    yield f"{len(march.communes):,}; the official conversion uses the codes of the second. The fixture changes"
    yield "from one to the other on 01/03/2025, the first day of the last resolution behind the second list"
    yield "(1365/NQ-UBTVQH15); the true days per unit are not known [?]. No succession is recorded for these."
    yield ""
    yield f"{len(gone)} communes end on that day:"
    yield ""
    yield from _places(gone, january.districts)
    yield f"{len(come)} codes start on that day (several are renumberings of a code above):"
    yield ""
    yield from _places(come, march.districts)
    yield f"{len(both)} units take another kind or name on that day"
    yield f"(formed anew: districts {', '.join(sorted(reformed_districts(sources)))}):"
    yield ""
    yield from _table(["code", "before", "after"], [(o.code, o.name, n.name) for o, n in both])


def _without_successor(sources: Sources) -> Iterator[str]:
    mapped = {old for old, _, _ in sources.commune_successors}
    without = [place for code, place in sources.january.communes.items() if code not in mapped]
    yield f"## Old communes without a successor: {len(without)}"
    yield ""
    yield "Kept, with no succession: the official conversion does not name these codes. Those that end in"
    yield "March 2025 are the ones above; the others stood until 30/06/2025 and their fate is [?]."
    yield ""
    yield from _places(without, sources.january.districts, sources.march.communes)


def _without_source(sources: Sources) -> Iterator[str]:
    reached = {new for _, new, _ in sources.commune_successors}
    without = [place for code, place in sources.july.communes.items() if code not in reached]
    inhabited = {place.parent for place in sources.january.communes.values()}
    empty = [p for code, p in sources.january.districts.items() if code not in inhabited]
    yield f"## Units of today without an old commune: {len(without)}"
    yield ""
    yield "Island districts that had no communes. Kept, with no succession:"
    yield ", ".join(f"{place.name} ({place.code})" for place in without) + "."
    yield ""
    yield (
        "Old districts without communes: " + ", ".join(f"{p.name} ({p.code})" for p in empty) + "."
    )
    yield ""


def _areas_unknown(fixture: Fixture) -> Iterator[str]:
    blank = [row for row in fixture.versions if row.level == "COMMUNE" and not row.area]
    yield f"## Area not known: {len(blank)} đặc khu"
    yield ""
    yield "xã is rural, phường and thị trấn are urban. No source says what an đặc khu is, so its area is"
    yield "blank. Whether the parts of a rural commune that were thị trấn before July 2025 keep the urban"
    yield "line is not settled either [?]."
    yield ""
    yield ", ".join(f"{row.name} ({row.code})" for row in blank) + "."
    yield ""


def _spellings(sources: Sources) -> Iterator[str]:
    march = sources.march.communes
    pairs = [
        (old, march[code])
        for code, old in sources.january.communes.items()
        if code in march
        and fold(old.name) != fold(march[code].name)
        and not renamed_in_march(sources, old, march[code])
    ]
    marks = sum(
        place.name != march[code].name and fold(place.name) == fold(march[code].name)
        for code, place in sources.january.communes.items()
        if code in march
    )
    yield f"## Names that the two old lists spell differently: {len(pairs)}, and {marks} by marks only"
    yield ""
    yield "The fixture keeps the first. Match on codes, never on names."
    yield ""
    yield from _table(
        ["code", "January (kept)", "March"], [(o.code, o.name, n.name) for o, n in pairs]
    )


def _several_successors(sources: Sources) -> Iterator[str]:
    successors: dict[str, list[str]] = defaultdict(list)
    partly = set()
    for old, new, flag in sources.commune_successors:
        successors[old].append(new)
        partly |= {old} if flag else set()
    several = {old: news for old, news in successors.items() if len(news) > 1}
    _, dropped = province_successions(sources)
    names = sources.march.communes | sources.january.communes
    yield f"## Old communes with several successors: {len(several)}"
    yield ""
    yield f"The conversion flags {len(partly)} old communes as merged in part; {len(partly - several.keys())} of them"
    yield "still have one successor. Successions of provinces that the package names and no commune"
    yield f"followed, left out: {', '.join(f'{old} to {new}' for old, new in sorted(dropped)) or 'none'}."
    yield ""
    yield from _table(
        ["old", "name", "successors"],
        [(old, names[old].name, " ".join(sorted(news))) for old, news in sorted(several.items())],
    )


def _places(
    places: Iterable[Place], districts: dict[str, Place], still: dict[str, Place] | None = None
) -> Iterator[str]:
    rows = []
    for place in places:
        row = [place.code, place.name, f"{districts[place.parent].name} ({place.parent})"]
        if still is not None:
            row.append("30/06/2025" if place.code in still else "28/02/2025")
        rows.append(row)
    yield from _table(["code", "name", "district"] + (["last day [?]"] if still else []), rows)


def _table(header: list[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(str(cell) for cell in row) + " |"
    yield ""
