"""The survey forms (phiếu rà soát): sheet Phieu in, frozen rows and findings out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cases.sheets.cells import CellError, Findings, Line, Place
from cases.sheets.tables import Column, read_table
from cases.sheets.workbook import Workbook

SURVEY_SHEET = ("Phieu", "Phiếu", "Phiếu rà soát", "Kết quả rà soát")
FLAGS = tuple(f"thieu_hut_{number}" for number in range(1, 13))

# By number only: which indicator a number stands for depends on the standard in force.
SURVEY_COLUMNS = (
    Column("ma_ho", ("Mã hộ", "Mã số hộ", "Mã hộ gia đình")),
    Column("ngay_ra_soat", ("Ngày rà soát", "Ngày điều tra")),
    Column("ra_soat_vien", ("Rà soát viên", "Họ tên rà soát viên", "Điều tra viên")),
    Column("phieu_a", ("Phiếu A", "Kết quả phiếu A")),
    Column("diem_b1", ("Điểm B1", "Tổng điểm B1", "B1")),
    *(
        Column(flag, (f"Thiếu hụt {number}", f"Chỉ số {number}", f"Chỉ số thiếu hụt {number}"))
        for number, flag in enumerate(FLAGS, start=1)
    ),
)

_SCREENS = {"đạt": "PASS", "không đạt": "FAIL"}


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """One survey form: the score added up on paper and the twelve deprivation marks."""

    household_code: str
    surveyed_on: date
    reviewer_name: str
    screen: str  # PASS, FAIL or blank (only requesters are screened)
    income_score: int | None
    deprived: tuple[bool, ...]
    row: int


@dataclass(frozen=True, slots=True)
class SurveySheet:
    """What a workbook of survey forms says; a row with an error is not among its rows."""

    rows: Sequence[SurveyRow]
    errors: Sequence[CellError]  # the first of them; error_count counts all
    warnings: Sequence[CellError]
    ignored_columns: Sequence[str]
    error_count: int
    warning_count: int
    bad_rows: frozenset[int]
    place: Place

    @property
    def is_whole(self) -> bool:
        return self.error_count == 0

    @property
    def good_rows(self) -> list[SurveyRow]:
        return [row for row in self.rows if row.row not in self.bad_rows]


def read_surveys(workbook: Workbook) -> SurveySheet:
    """
    Return the survey forms of a workbook with everything that is wrong with them.

    :raises UnreadableWorkbook: when the sheet or a column is missing
    """
    table = read_table(workbook.sheet(SURVEY_SHEET), SURVEY_COLUMNS)
    findings = Findings()
    read = [(line, _survey(line)) for line in table.lines(findings)]
    _check_one_form_each([line for line, _row in read])
    return SurveySheet(
        rows=[row for _line, row in read if row],
        errors=findings.errors,
        warnings=findings.warnings,
        ignored_columns=[f"{table.sheet.name}: {title}" for title in table.ignored],
        error_count=findings.error_count,
        warning_count=findings.warning_count,
        bad_rows=frozenset(line.row for line, _row in read if line.is_bad),
        place=table.place,
    )


def _survey(line: Line) -> SurveyRow | None:
    """Return the form, or nothing when it has no day: there is no honest stand-in for one."""
    code = line.text("ma_ho", most=30)
    surveyed_on = line.day("ngay_ra_soat")
    reviewer = line.text("ra_soat_vien", most=120)
    screen = line.word("phieu_a", _SCREENS, required=False)
    score = line.whole("diem_b1", required=False)
    deprived = tuple(line.mark(flag) for flag in FLAGS)
    _check_score(line, screen)
    if surveyed_on is None:
        return None
    return SurveyRow(code, surveyed_on, reviewer, screen, score, deprived, line.row)


def _check_score(line: Line, screen: str) -> None:
    written = line.is_filled("diem_b1")
    if screen == "FAIL" and written:
        line.error("diem_b1", "SCORE_UNEXPECTED")
    elif screen != "FAIL" and not written:
        line.error("diem_b1", "SCORE_MISSING")


def _check_one_form_each(lines: Sequence[Line]) -> None:
    """Report a household with two forms; neither is taken: the sheet does not say which holds."""
    first_lines: dict[str, Line] = {}
    for line in lines:
        if not line.is_filled("ma_ho"):
            continue
        first = first_lines.setdefault(line.shown("ma_ho"), line)
        if first is not line:
            line.error("ma_ho", "DUPLICATE_HOUSEHOLD", first_row=first.row)
            first.is_bad = True
