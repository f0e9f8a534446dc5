"""Holding a household list against the database: what of it may not be taken, and why."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from cases.models import Household
from cases.names import fold, normalise
from cases.sheets.households import HouseholdRow, HouseholdSheet
from workflow.imports.faults import Faults
from workflow.imports.files import Errand
from workflow.imports.known import Holder, Known
from workflow.machine.refusals import refusal
from workflow.machine.scope import Scope

LAST_YEAR, REQUEST, ARRIVAL = "LAST_YEAR", "REQUEST", "ARRIVAL"
# Papers of standings that came with a list; others come from decisions and no list changes them.
LIST_PREFIX = "Danh sách nhập: "


class Check:
    """One pass over a sheet; rows found bad are left out of what follows."""

    def __init__(self, sheet: HouseholdSheet, known: Known, faults: Faults, errand: Errand) -> None:
        self.sheet, self.known, self.faults, self.errand = sheet, known, faults, errand

    def run(self) -> None:
        self._check_communes()
        for row in self.good_rows():
            self._check_against_commune(row)
            if household := self.known.households.get(row.household_code):
                self._check_household(row, household)
        self._check_rounds()
        self._check_persons()

    def good_rows(self) -> list[HouseholdRow]:
        return [row for row in self.sheet.rows if row.row not in self.faults.bad_rows]

    def _check_communes(self) -> None:
        for code, rows in self.sheet.communes().items():
            if len(code) != 5:
                continue  # already reported by the reader
            if code not in self.known.communes:
                day = f"{self.errand.day:%d/%m/%Y}"
                self._error_of_rows(rows, "ma_xa", code, "UNKNOWN_COMMUNE", day=day)
            elif code not in self.known.within_duty:
                self._error_of_rows(rows, "ma_xa", code, "FOREIGN_COMMUNE")

    def _check_against_commune(self, row: HouseholdRow) -> None:
        commune = self.known.communes[row.commune_code]
        if row.commune_name and not _same_place(row.commune_name, commune.name):
            self._warn(row, "ten_xa", row.commune_name, "COMMUNE_NAME_DIFFERS", name=commune.name)
        if commune.area and row.area != commune.area:
            area = {"RURAL": "nông thôn", "URBAN": "thành thị"}[row.area]
            self._error(row, "khu_vuc", area, "AREA_DIFFERS", name=commune.name)
        if row.other_change == ARRIVAL and row.source != ARRIVAL:
            self._warn(row, "bien_dong_khac", "tang_khac", "CHANGE_DISAGREES")

    def _check_household(self, row: HouseholdRow, household: Household) -> None:
        if self.known.commune_of(household) != self.known.communes[row.commune_code].unit_id:
            self._error(row, "ma_ho", row.household_code, "HOUSEHOLD_ELSEWHERE")
            return
        self._check_head(row, household)
        self._check_village(row, household)
        self._check_standing(row, household)
        self._check_case(row, household)

    def _check_head(self, row: HouseholdRow, household: Household) -> None:
        """Tell a new head of the same household from another household under the same code."""
        if fold(row.head_name) == household.head_name_key:
            return
        members = self.known.members.get(household.pk, [])
        numbers = {member.personal_number for member in members} - {""}
        names = {fold(member.full_name) for member in members}
        if any(m.personal_number in numbers or fold(m.full_name) in names for m in row.members):
            self._warn(row, "chu_ho", row.head_name, "HEAD_CHANGED", head=household.head_name)
        else:
            head = household.head_name
            self._error(row, "ma_ho", row.household_code, "HOUSEHOLD_IS_ANOTHER", head=head)

    def _check_village(self, row: HouseholdRow, household: Household) -> None:
        if self.known.has_village(household, row.village_name):
            return
        village = self.known.villages[household.village_id].name
        if household.pk in self.known.bases:
            self._error(row, "thon", row.village_name, "VILLAGE_OF_CASE", village=village)
        else:
            self._warn(row, "thon", row.village_name, "VILLAGE_CHANGED", village=village)

    def _check_standing(self, row: HouseholdRow, household: Household) -> None:
        year = self.errand.year - 1
        standing = self.known.standings.get((household.pk, year))
        if row.source != LAST_YEAR or standing is None:
            return
        if standing.household_class == row.opening_class:
            return
        value = {"POOR": "N", "NEAR_POOR": "CN"}[row.opening_class]
        # A standing on which a case was built, or which a decision gave, is no longer the list's.
        if standing.source.startswith(LIST_PREFIX) and household.pk not in self.known.bases:
            self._warn(row, "phan_loai_dau_ky", value, "CLASS_CHANGED", year=year)
        else:
            self._error(row, "phan_loai_dau_ky", value, "CLASS_DIFFERS", year=year)

    def _check_case(self, row: HouseholdRow, household: Household) -> None:
        """Refuse a household whose case in the round stands on another ground than the row."""
        if self.known.bases.get(household.pk, row.source) != row.source:
            pack = Scope(self.known.rounds[row.commune_code]).pack
            against = refusal(pack, "already_on_list", case_code=row.household_code)
            place, value = self.sheet.place, row.household_code
            self.faults.refused(place, [row.row], "ma_ho", value, against)

    def _check_rounds(self) -> None:
        """Requests and arrivals enter a round; last year's households only the register."""
        waiting: dict[str, list[HouseholdRow]] = {}
        for row in self.good_rows():
            if row.source != LAST_YEAR and row.commune_code not in self.known.rounds:
                waiting.setdefault(row.commune_code, []).append(row)
        for row in self.good_rows():
            self._check_undecided(row)
        for code, rows in waiting.items():
            self._error_of_rows(
                [row.row for row in rows],
                "nguon",
                {REQUEST: "de_nghi", ARRIVAL: "tang_khac"}[rows[0].source],
                "NO_ROUND",
                name=self.known.communes[code].name,
                year=self.errand.year,
            )

    def _check_undecided(self, row: HouseholdRow) -> None:
        """Refuse whoever is new to a round whose decision is signed: nobody could decide on it."""
        round = self.known.rounds.get(row.commune_code)
        if row.source == LAST_YEAR or round is None or row.commune_code not in self.known.decided:
            return
        household = self.known.households.get(row.household_code)
        if household is None or household.pk not in self.known.bases:
            against = refusal(Scope(round).pack, "not_decided_yet", case_code=row.household_code)
            place, value = self.sheet.place, row.household_code
            self.faults.refused(place, [row.row], "ma_ho", value, against)

    def _check_persons(self) -> None:
        """
        Refuse a person who belongs to another household (INV-04).

        A list that shows both households may move the person; only while the other row is good,
        so this is asked again when a row was found bad.
        """
        while True:
            rows = self.good_rows()
            listed = {row.household_code for row in rows}
            found_bad = [row for row in rows if self._check_numbers(row, listed)]
            if not found_bad:
                return

    def _check_numbers(self, row: HouseholdRow, listed: set[str]) -> bool:
        bad = False
        for member in row.members:
            holder = self.known.holders.get(member.personal_number)
            if holder is None or holder.code == row.household_code or holder.code in listed:
                continue
            bad = True
            self.faults.error(
                self.sheet.member_place,
                member.row,
                "so_dinh_danh",
                member.personal_number,
                "PERSON_OF_ANOTHER",
                household=self._shown_household(holder),
            )
        if bad:
            self.faults.bad_rows.add(row.row)
        return bad

    def _shown_household(self, holder: Holder) -> str:
        """Return the code of a household within the person's duty; of others nothing is told."""
        village = self.known.villages.get(holder.village_id)
        communes = self.known.communes.values()
        here = {c.unit_id for c in communes if c.unit.code in self.known.within_duty}
        return holder.code if village and village.parent_id in here else _("ở xã khác")

    def _error(self, row: HouseholdRow, key: str, value: str, code: str, **facts: object) -> None:
        self.faults.bad_rows.add(row.row)
        self.faults.error(self.sheet.place, row.row, key, value, code, **facts)

    def _warn(self, row: HouseholdRow, key: str, value: str, code: str, **facts: object) -> None:
        self.faults.warn(self.sheet.place, row.row, key, value, code, **facts)

    def _error_of_rows(
        self, rows: Iterable[int], key: str, value: str, code: str, **facts: object
    ) -> None:
        """Report once what is wrong with a whole commune, and only of rows that were good."""
        good: Sequence[int] = [row for row in rows if row not in self.faults.bad_rows]
        self.faults.error_of_rows(self.sheet.place, good or rows, key, value, code, **facts)


def _same_place(written: str, official: str) -> bool:
    """Test if two names mean one commune, whether or not its kind stands in front."""
    return _bare(written) == _bare(official)


def _bare(name: str) -> str:
    folded = fold(normalise(name).replace("’", "'"))
    for kind in ("thi tran ", "phuong ", "dac khu ", "xa "):
        folded = folded.removeprefix(kind)
    return "".join(char for char in folded if char.isalnum())
