"""The household list (danh sách hộ): sheets Ho and NhanKhau in, frozen rows and findings out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from cases.names import fold
from cases.sheets.cells import CellError, Findings, Line, Place
from cases.sheets.tables import Column, read_table
from cases.sheets.workbook import Workbook

HOUSEHOLD_SHEET = ("Ho", "Hộ", "Danh sách hộ", "Hộ gia đình")
MEMBER_SHEET = ("NhanKhau", "Nhân khẩu", "Danh sách nhân khẩu", "Thành viên")

# Columns that both sheets have.
_PERSON_COLUMNS = (
    Column("gioi_tinh", ("Giới tính", "Nam/Nữ", "Phái")),
    Column("ngay_sinh", ("Ngày sinh", "Ngày tháng năm sinh", "Ngày, tháng, năm sinh")),
    Column("dan_toc", ("Dân tộc",)),
    Column(
        "so_dinh_danh",
        ("Số định danh", "Số định danh cá nhân", "Số CCCD", "CCCD", "Số căn cước", "Căn cước"),
    ),
)
_CODE_COLUMN = Column("ma_ho", ("Mã hộ", "Mã số hộ", "Mã hộ gia đình"))

HOUSEHOLD_COLUMNS = (
    Column("ma_xa", ("Mã xã", "Mã xã/phường", "Mã xã, phường", "Mã đơn vị hành chính")),
    Column("ten_xa", ("Tên xã", "Xã", "Xã/phường", "Tên xã/phường", "Xã, phường, thị trấn")),
    Column("khu_vuc", ("Khu vực",)),
    Column("thon", ("Thôn", "Tên thôn", "Thôn/bản", "Thôn, bản", "Thôn, tổ dân phố", "Thôn/tổ")),
    _CODE_COLUMN,
    Column("chu_ho", ("Chủ hộ", "Tên chủ hộ", "Họ tên chủ hộ", "Họ và tên chủ hộ")),
    *_PERSON_COLUMNS,
    Column("so_nhan_khau", ("Số nhân khẩu", "Nhân khẩu", "Số khẩu", "Số người")),
    Column("phan_loai_dau_ky", ("Phân loại đầu kỳ", "Phân loại", "Phân loại hộ đầu kỳ")),
    Column("nguon", ("Nguồn", "Nguồn hộ")),
    Column("tai_ngheo", ("Tái nghèo", "Tái nghèo, tái cận nghèo")),
    Column("bien_dong_khac", ("Biến động khác", "Biến động")),
)
MEMBER_COLUMNS = (
    _CODE_COLUMN,
    Column("stt", ("STT", "Số thứ tự", "TT")),
    Column("ho_ten", ("Họ tên", "Họ và tên", "Tên nhân khẩu", "Họ tên nhân khẩu")),
    Column("quan_he", ("Quan hệ", "Quan hệ với chủ hộ")),
    *_PERSON_COLUMNS,
)

_AREAS = {"nông thôn": "RURAL", "thành thị": "URBAN"}
_SEXES = {"Nam": "MALE", "Nữ": "FEMALE"}
_CLASSES = {"N": "POOR", "CN": "NEAR_POOR", "Hộ nghèo": "POOR", "Hộ cận nghèo": "NEAR_POOR"}
_SOURCES = {
    "dang_quan_ly": "LAST_YEAR",
    "de_nghi": "REQUEST",
    "tang_khac": "ARRIVAL",
    "Đang quản lý": "LAST_YEAR",
    "Đề nghị": "REQUEST",
    "Tăng khác": "ARRIVAL",
}
_OTHER_CHANGES = {
    "giam_khac": "DEPARTURE",
    "tang_khac": "ARRIVAL",
    "Giảm khác": "DEPARTURE",
    "Tăng khác": "ARRIVAL",
}
_HEAD = fold("Chủ hộ")


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One person as the sheet NhanKhau tells it."""

    order: int
    full_name: str
    relation: str
    sex: str  # MALE, FEMALE or blank
    birth_date: date | None
    ethnicity: str
    personal_number: str
    row: int


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """One household as the sheet Ho tells it, with its members."""

    commune_code: str
    commune_name: str
    area: str  # RURAL, URBAN
    village_name: str
    household_code: str
    head_name: str
    sex: str
    birth_date: date | None
    ethnicity: str
    personal_number: str
    persons: int
    opening_class: str  # POOR, NEAR_POOR or blank
    source: str  # LAST_YEAR, REQUEST, ARRIVAL
    relapse: bool
    other_change: str  # DEPARTURE, ARRIVAL or blank
    members: tuple[MemberRow, ...]
    row: int


@dataclass(frozen=True, slots=True)
class HouseholdSheet:
    """What a household workbook says, and which of its rows can be taken."""

    rows: Sequence[HouseholdRow]
    errors: Sequence[CellError]  # the first of them; error_count counts all
    warnings: Sequence[CellError]
    ignored_columns: Sequence[str]
    error_count: int
    warning_count: int
    bad_rows: frozenset[int]  # numbers of rows in the sheet of households
    place: Place
    member_place: Place

    @property
    def is_whole(self) -> bool:
        return self.error_count == 0

    @property
    def good_rows(self) -> list[HouseholdRow]:
        return [row for row in self.rows if row.row not in self.bad_rows]

    def communes(self) -> dict[str, list[int]]:
        """Return the commune codes of all rows with the numbers of their rows."""
        communes: dict[str, list[int]] = {}
        for row in self.rows:
            communes.setdefault(row.commune_code, []).append(row.row)
        return communes


@dataclass(slots=True)
class _Draft:
    """A household while its members are still being read."""

    line: Line
    household: HouseholdRow
    members: list[tuple[Line, MemberRow]] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.household.household_code

    def is_bad(self) -> bool:
        return self.line.is_bad or any(line.is_bad for line, _member in self.members)

    def row(self) -> HouseholdRow:
        members = tuple(member for _line, member in self.members)
        return replace(self.household, members=members)


def read_households(workbook: Workbook) -> HouseholdSheet:
    """
    Return the households of a workbook with everything that is wrong with them.

    :raises UnreadableWorkbook: when a sheet or a column is missing
    """
    household_table = read_table(workbook.sheet(HOUSEHOLD_SHEET), HOUSEHOLD_COLUMNS)
    member_table = read_table(workbook.sheet(MEMBER_SHEET), MEMBER_COLUMNS)
    findings = Findings()
    drafts = [_Draft(line, _household(line)) for line in household_table.lines(findings)]
    by_code = _by_code(drafts)
    for line in member_table.lines(findings):
        _join_household(line, by_code, household_table.sheet.name)
    for draft in drafts:
        _check_members(draft, member_table.sheet.name)
    _check_persons_are_one_place(drafts)
    return HouseholdSheet(
        rows=[draft.row() for draft in drafts],
        errors=findings.errors,
        warnings=findings.warnings,
        ignored_columns=[
            f"{table.sheet.name}: {title}"
            for table in (household_table, member_table)
            for title in table.ignored
        ],
        error_count=findings.error_count,
        warning_count=findings.warning_count,
        bad_rows=frozenset(draft.line.row for draft in drafts if draft.is_bad()),
        place=household_table.place,
        member_place=member_table.place,
    )


def _household(line: Line) -> HouseholdRow:
    """Return the household without its members: those stand in the other sheet."""
    person = _person(line)
    row = HouseholdRow(
        commune_code=line.commune_code("ma_xa"),
        commune_name=line.text("ten_xa", most=120, required=False),
        area=line.word("khu_vuc", _AREAS),
        village_name=line.text("thon", most=120),
        household_code=line.text("ma_ho", most=30),
        head_name=line.text("chu_ho", most=120),
        sex=person.sex,
        birth_date=person.birth_date,
        ethnicity=person.ethnicity,
        personal_number=person.personal_number,
        persons=line.whole("so_nhan_khau", least=1) or 0,
        opening_class=line.word("phan_loai_dau_ky", _CLASSES, required=False),
        source=line.word("nguon", _SOURCES),
        relapse=line.mark("tai_ngheo"),
        other_change=line.word("bien_dong_khac", _OTHER_CHANGES, required=False),
        members=(),
        row=line.row,
    )
    _check_opening_class(line, row.source)
    return row


class _Person(NamedTuple):
    """What both sheets tell of a person."""

    sex: str
    birth_date: date | None
    ethnicity: str
    personal_number: str


def _person(line: Line) -> _Person:
    person = _Person(
        sex=line.word("gioi_tinh", _SEXES, required=False),
        birth_date=line.day("ngay_sinh", required=False),
        ethnicity=line.text("dan_toc", most=40, required=False),
        personal_number=line.personal_number("so_dinh_danh"),
    )
    if number_disagrees(person.personal_number, person.sex, person.birth_date):
        line.warn("so_dinh_danh", "NUMBER_DISAGREES")
    return person


def number_disagrees(number: str, sex: str, birth_date: date | None) -> bool:
    """
    Test if a 12-digit number tells another sex or birth year than the form (practice note, 16.3).

    Digit 4 counts the centuries from 1900 in twos, odd for women; digits 5 and 6 are the year.
    Never more than a warning: people born abroad and papers with errors exist.
    """
    if len(number) != 12:
        return False
    century, odd = divmod(int(number[3]), 2)
    if sex and odd != (sex == "FEMALE"):
        return True
    return birth_date is not None and birth_date.year != 1900 + 100 * century + int(number[4:6])


def _check_opening_class(line: Line, source: str) -> None:
    """Test the written cell, not the value read: a class that is no word is already reported."""
    written = line.is_filled("phan_loai_dau_ky")
    if source == "LAST_YEAR" and not written:
        line.error("phan_loai_dau_ky", "OPENING_CLASS_MISSING")
    elif source == "REQUEST" and written:
        line.error("phan_loai_dau_ky", "OPENING_CLASS_UNEXPECTED")


def _by_code(drafts: Iterable[_Draft]) -> dict[str, _Draft]:
    """Return the drafts by household code; of two with one code neither is good."""
    by_code: dict[str, _Draft] = {}
    for draft in drafts:
        if not draft.code:
            continue
        first = by_code.setdefault(draft.code, draft)
        if first is not draft:
            draft.line.error("ma_ho", "DUPLICATE_HOUSEHOLD", first_row=first.line.row)
            first.line.is_bad = True
    return by_code


def _join_household(line: Line, by_code: Mapping[str, _Draft], household_sheet: str) -> None:
    code = line.text("ma_ho", most=30)
    person = _person(line)
    member = MemberRow(
        order=line.whole("stt", least=1) or 0,
        full_name=line.text("ho_ten", most=120),
        relation=line.text("quan_he", most=40),
        sex=person.sex,
        birth_date=person.birth_date,
        ethnicity=person.ethnicity,
        personal_number=person.personal_number,
        row=line.row,
    )
    if draft := by_code.get(code):
        draft.members.append((line, member))
    elif code:
        line.error("ma_ho", "UNKNOWN_HOUSEHOLD", first_sheet=household_sheet)


def _check_members(draft: _Draft, member_sheet: str) -> None:
    if draft.line.is_bad and not draft.members:
        return  # a second row of one code, or a code that cannot be read: already reported
    if not draft.members:
        draft.line.error("ma_ho", "NO_MEMBERS", first_sheet=member_sheet)
        return
    if draft.household.persons not in (0, len(draft.members)):
        draft.line.warn("so_nhan_khau", "PERSONS_DIFFER", found=len(draft.members))
    _check_order(draft)
    _check_head(draft)


def _check_order(draft: _Draft) -> None:
    seen: dict[int, int] = {}
    for line, member in draft.members:
        if not member.order:
            continue
        first_row = seen.setdefault(member.order, line.row)
        if first_row != line.row:
            line.error("stt", "DUPLICATE_ORDER", first_row=first_row)


def _check_head(draft: _Draft) -> None:
    heads = [(line, member) for line, member in draft.members if fold(member.relation) == _HEAD]
    if not heads:
        draft.line.warn("chu_ho", "NO_HEAD")
        return
    line, head = heads[0]
    if fold(head.full_name) != fold(draft.household.head_name):
        draft.line.warn("chu_ho", "HEAD_DIFFERS", first_row=line.row)


def _check_persons_are_one_place(drafts: Iterable[_Draft]) -> None:
    """Report a personal number that two people bear: one person, one household (INV-04)."""
    seen: dict[str, tuple[_Draft, Line]] = {}
    for draft in drafts:
        for line, number in _numbers(draft):
            first, first_line = seen.setdefault(number, (draft, line))
            if first_line is not line:
                line.error(
                    "so_dinh_danh",
                    "DUPLICATE_PERSON",
                    first_sheet=first_line.sheet,
                    first_row=first_line.row,
                )
                draft.line.is_bad = first.line.is_bad = True


def _numbers(draft: _Draft) -> Iterable[tuple[Line, str]]:
    """Yield the numbers of a household; the head's, told in both sheets, once."""
    numbers = [(line, member.personal_number) for line, member in draft.members]
    head_number = draft.household.personal_number
    if head_number not in {number for _line, number in numbers}:
        numbers.insert(0, (draft.line, head_number))
    return [(line, number) for line, number in numbers if number]
