"""Writing a household list: villages, households, persons, standings, requests, arrivals."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from cases.models import Basis, Household, HouseholdClass, Member, Standing, Unit
from cases.names import fold, normalise
from cases.sets import insert_rows
from cases.sheets.cells import Place
from cases.sheets.households import HouseholdRow, MemberRow
from cases.villages import VillageExists, add_villages
from workflow.acts.listing import NewCase, add_cases, add_village_reviews, receive_requests
from workflow.imports.checks import ARRIVAL, LAST_YEAR, LIST_PREFIX, REQUEST
from workflow.imports.faults import Faults
from workflow.imports.files import Errand, batches, derived_key
from workflow.imports.known import MEMBER_COLUMNS, Known
from workflow.machine.refusals import Refused

HOUSEHOLD_COLUMNS = (
    "code",
    "village",
    "head_name",
    "head_name_key",
    "given_name_key",
    "persons",
    "ethnicity",
    "departure_reported",
)


@dataclass
class Tally:
    """What a list brings to one commune."""

    code: str
    name: str
    rows: int = 0
    villages: int = 0
    households: int = 0
    changed: int = 0
    members: int = 0
    standings: int = 0
    requests: int = 0
    arrivals: int = 0

    @property
    def brings_nothing(self) -> bool:
        counts = asdict(self)
        return not any(counts[name] for name in counts.keys() - {"code", "name", "rows"})


class Entry:
    """One list being written; what the law refuses goes to the faults, and the caller rolls back."""

    def __init__(
        self,
        rows: Sequence[HouseholdRow],
        place: Place,
        known: Known,
        faults: Faults,
        errand: Errand,
    ) -> None:
        self.rows, self.place, self.known = rows, place, known
        self.faults, self.errand = faults, errand
        self.tallies = {
            code: Tally(code, known.communes[code].name)
            for code in sorted({row.commune_code for row in rows})
        }
        self.by_commune: dict[str, list[HouseholdRow]] = defaultdict(list)
        for row in rows:
            self.by_commune[row.commune_code].append(row)
            self.tallies[row.commune_code].rows += 1
        self.households: dict[str, Household] = {}

    def write(self) -> list[Tally]:
        villages = self._enter_villages()
        if villages is not None:
            self._enter_households(villages)
            self._enter_members()
            self._enter_standings()
            self._enter_arrivals()
            self._enter_requests()
        return list(self.tallies.values())

    def _enter_villages(self) -> dict[tuple[str, str], Unit] | None:
        """Return the village of each commune and folded name, or nothing when one is refused."""
        villages: dict[tuple[str, str], Unit] = {}
        there = {(v.parent_id, fold(v.name)): v.unit for v in self.known.villages.values()}
        for code, rows in self.by_commune.items():
            commune = self.known.communes[code].unit
            names = {fold(row.village_name): row.village_name for row in rows}
            present = {key: there[commune.pk, key] for key in names if (commune.pk, key) in there}
            if missing := [name for key, name in names.items() if key not in present]:
                paper = LIST_PREFIX + self.errand.name
                try:
                    present |= add_villages(commune, missing, self.errand.day, paper)
                except VillageExists as exists:
                    self._refuse_village(rows, exists.name)
                    return None
                self.tallies[code].villages = len(missing)
            if code in self.known.rounds:
                add_village_reviews(self.known.rounds[code], self.errand.at)
            villages |= {(code, key): unit for key, unit in present.items()}
        return villages

    def _refuse_village(self, rows: Sequence[HouseholdRow], name: str) -> None:
        there = [row.row for row in rows if fold(row.village_name) == fold(name)]
        self.faults.error_of_rows(self.place, there, "thon", name, "VILLAGE_LATER")

    def _enter_households(self, villages: dict[tuple[str, str], Unit]) -> None:
        new, changed = [], []
        for row in self.rows:
            village = villages[row.commune_code, fold(row.village_name)]
            known = self.known.households.get(row.household_code)
            if known is not None:
                self.households[row.household_code] = known
                if _differs(known, row, village):
                    changed.append(_household(row, village))
            else:
                new.append(_household(row, village))
                self.tallies[row.commune_code].households += 1
        insert_rows(Household, HOUSEHOLD_COLUMNS, [_told(household) for household in new])
        if changed:
            # A statement for each hundred or thousand changed households, as the database takes.
            Household.objects.bulk_create(
                changed,
                update_conflicts=True,
                unique_fields=["code"],
                update_fields=HOUSEHOLD_COLUMNS[1:],
                batch_size=1000,
            )
        self._changed = {household.code for household in changed}
        self._read_back([household.code for household in (*new, *changed)])

    def _read_back(self, codes: Sequence[str]) -> None:
        """Read the keys of what was just written: neither statement returns them."""
        for some in batches(codes):
            written = Household.objects.filter(code__in=some)
            self.households |= {household.code: household for household in written}

    def _enter_members(self) -> None:
        """Keep who is as the list says, end the others' membership, enter the rest."""
        gone: list[int] = []
        new: list[tuple[object, ...]] = []
        for row in self.rows:
            household = self.households[row.household_code]
            told = dict.fromkeys(map(_member_told, row.members))
            for member in self.known.members.get(household.pk, []):
                if member.told in told:
                    del told[member.told]
                else:
                    gone.append(member.pk)
                    self._changed.add(household.code)
            if told and row.household_code in self.known.households:
                self._changed.add(household.code)
            new += [(household.pk, *member) for member in told]
            self.tallies[row.commune_code].members += len(told)
            self.tallies[row.commune_code].changed += household.code in self._changed
        for some in batches(gone):
            Member.objects.filter(pk__in=some).update(valid_until=self.errand.day)
        insert_rows(Member, ("household", *MEMBER_COLUMNS), new)

    def _enter_standings(self) -> None:
        """Enter last year's class, and "was on a list" without a year for those who return."""
        source = LIST_PREFIX + self.errand.name
        new: list[tuple[object, ...]] = []
        corrected: dict[str, list[int]] = defaultdict(list)
        for row in self.rows:
            household = self.households[row.household_code]
            for year, cls in self._standings_of(row):
                standing = self.known.standings.get((household.pk, year))
                if standing is None:
                    new.append((household.pk, year, cls, source))
                elif standing.household_class != cls and year is not None:
                    corrected[cls].append(standing.pk)
                else:
                    continue
                self.tallies[row.commune_code].standings += 1
        insert_rows(Standing, ("household", "year", "household_class", "source"), new)
        for cls, ids in corrected.items():
            for some in batches(ids):
                rows = Standing.objects.filter(pk__in=some)
                rows.update(household_class=cls, source=source)

    def _standings_of(self, row: HouseholdRow) -> Iterable[tuple[int | None, str]]:
        if row.source == LAST_YEAR:
            yield self.errand.year - 1, HouseholdClass(row.opening_class).value
        if row.relapse:
            yield None, ""

    def _enter_arrivals(self) -> None:
        for code, rows in self.by_commune.items():
            waiting = self._without_case(rows, ARRIVAL)
            if waiting:
                cases = [
                    NewCase(
                        self.households[row.household_code],
                        Basis.ARRIVAL,
                        self._paper(row),
                        relapse=row.relapse,
                    )
                    for row in waiting
                ]
                add_cases(self.known.rounds[code], cases)
                self.tallies[code].arrivals = len(waiting)

    def _enter_requests(self) -> None:
        """Receive each commune's requests in one act; what is refused is told of its rows."""
        for code, rows in self.by_commune.items():
            waiting = {row.household_code: row for row in self._without_case(rows, REQUEST)}
            if not waiting:
                continue
            forms = {household: self._paper(row) for household, row in waiting.items()}
            try:
                receive_requests(
                    round=self.known.rounds[code],
                    forms=forms,
                    by=self.errand.by,
                    at=self.errand.at,
                    key=derived_key(self.errand.key, code, *sorted(forms)),
                )
            except Refused as refused:
                self._tell_refused(refused, waiting)
            else:
                self.tallies[code].requests = len(waiting)

    def _without_case(self, rows: Sequence[HouseholdRow], source: str) -> list[HouseholdRow]:
        return [
            row
            for row in rows
            if row.source == source
            and self.households[row.household_code].pk not in self.known.bases
        ]

    def _paper(self, row: HouseholdRow) -> str:
        return f"{self.errand.name}, dòng {row.row}"

    def _tell_refused(self, refused: Refused, rows: dict[str, HouseholdRow]) -> None:
        for against in refused.refusals:
            row = rows.get(against.case_code)
            them = [row] if row else list(rows.values())
            numbers = [each.row for each in them]
            self.faults.refused(self.place, numbers, "nguon", "de_nghi", against)


def _household(row: HouseholdRow, village: Unit) -> Household:
    household = Household(
        code=row.household_code,
        village=village,
        persons=row.persons,
        ethnicity=row.ethnicity,
        departure_reported=row.other_change == "DEPARTURE",
    )
    household.name_head(row.head_name)
    return household


def _differs(household: Household, row: HouseholdRow, village: Unit) -> bool:
    return (
        household.village_id,
        household.head_name,
        household.persons,
        household.ethnicity,
        household.departure_reported,
    ) != (
        village.pk,
        normalise(row.head_name),
        row.persons,
        row.ethnicity,
        row.other_change == "DEPARTURE",
    )


def _told(household: Household) -> tuple[object, ...]:
    """Return a household as its columns."""
    columns = ("village_id" if name == "village" else name for name in HOUSEHOLD_COLUMNS)
    return tuple(getattr(household, name) for name in columns)


def _member_told(member: MemberRow) -> tuple[object, ...]:
    return (
        member.order,
        normalise(member.full_name),
        normalise(member.relation),
        member.sex,
        member.birth_date,
        member.ethnicity,
        member.personal_number,
    )
