"""
The statutory forms 2, 3 and 4: titles and columns as the ministry's software prints them.

The link from these numbers to the numbering of annex VII of Circular 07/2021 is unproven, so no
form is given an annex number here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.reports.counts import Deprivations
from cases.reports.movements import Line
from cases.rules.standards import DEPRIVATION_COUNT

Words = str | Promise

HOUSEHOLDS, PERSONS = _("Hộ"), _("Nhân khẩu")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a form: its key in files for machines, its official number and title."""

    key: str
    number: str
    title: Words
    field: str = ""  # of Movement, where the key says more


@dataclass(frozen=True, slots=True)
class Form:
    number: int
    title: Words
    columns: tuple[Column, ...]
    measures: tuple[Words, ...]  # the lines each unit has


@dataclass(frozen=True, slots=True)
class Tally:
    """Everything the three forms say of one unit."""

    poor: Line = Line()
    near_poor: Line = Line()
    deprivations: Deprivations = Deprivations()
    pending: int = 0


POOR_MOVEMENT = (
    Column("start", "1", _("Tổng số hộ nghèo đầu kỳ"), "start"),
    Column("to_near", "2", _("Thoát nghèo: trở thành hộ cận nghèo"), "to_other"),
    Column("out", "3", _("Thoát nghèo: vượt chuẩn cận nghèo"), "out"),
    Column(
        "other_dec",
        "4",
        _("Giảm khác (thay đổi nhân khẩu, hộ đơn thân chết, chuyển đi, tách, nhập)"),
        "other_dec",
    ),
    Column("from_near", "5", _("Hộ cận nghèo trở thành hộ nghèo"), "from_other"),
    Column("relapse", "6", _("Bổ sung: tái nghèo"), "relapse"),
    Column("new", "7", _("Bổ sung: phát sinh mới"), "new"),
    Column(
        "other_inc",
        "8",
        _("Tăng khác (thay đổi nhân khẩu, chuyển đến, tách, nhập)"),
        "other_inc",
    ),
    Column("end", "9", _("Tổng số hộ nghèo cuối kỳ = 1-2-3-4+5+6+7+8"), "end"),
)
NEAR_POOR_MOVEMENT = (
    Column("start", "1", _("Tổng số hộ cận nghèo đầu kỳ"), "start"),
    Column("out", "2", _("Số hộ thoát cận nghèo"), "out"),
    Column("to_poor", "3", _("Số hộ cận nghèo trở thành hộ nghèo"), "to_other"),
    Column("other_dec", "4", _("Giảm khác"), "other_dec"),
    Column("from_poor", "5", _("Số hộ nghèo trở thành hộ cận nghèo"), "from_other"),
    Column("relapse", "6", _("Tái cận nghèo"), "relapse"),
    Column("new", "7", _("Phát sinh mới"), "new"),
    Column("other_inc", "8", _("Tăng khác"), "other_inc"),
    Column("end", "9", _("Cuối kỳ = 1-2-3-4+5+6+7+8"), "end"),
)
INDICATORS = (
    _("Việc làm"),
    _("Người phụ thuộc"),
    _("Dinh dưỡng"),
    _("Bảo hiểm y tế"),
    _("Trình độ giáo dục của người lớn"),
    _("Tình trạng đi học của trẻ em"),
    _("Chất lượng nhà ở"),
    _("Diện tích nhà ở"),
    _("Nguồn nước sinh hoạt"),
    _("Nhà tiêu hợp vệ sinh"),
    _("Dịch vụ viễn thông"),
    _("Phương tiện tiếp cận thông tin"),
)
DEPRIVATION_COLUMNS = (
    Column("poor_households", "", _("Tổng số hộ nghèo")),
    Column("total", "", _("Tổng số thiếu hụt")),
    *(
        Column(f"i{n}", str(n), title)
        for n, title in zip(range(1, DEPRIVATION_COUNT + 1), INDICATORS, strict=True)
    ),
)

FORMS: Mapping[int, Form] = {
    2: Form(2, _("Tổng hợp diễn biến hộ nghèo"), POOR_MOVEMENT, (HOUSEHOLDS, PERSONS)),
    3: Form(3, _("Tổng hợp diễn biến hộ cận nghèo"), NEAR_POOR_MOVEMENT, (HOUSEHOLDS, PERSONS)),
    4: Form(
        4,
        _("Phân tích các chỉ số thiếu hụt dịch vụ xã hội cơ bản của hộ nghèo"),
        DEPRIVATION_COLUMNS,
        (HOUSEHOLDS,),
    ),
}


def lines_of(form: Form, tally: Tally) -> tuple[tuple[int, ...], ...]:
    """Return a unit's lines of a form, cells in the order of the form's columns."""
    if form.number == 4:
        lack = tally.deprivations
        return ((lack.households, lack.total, *lack.indicators),)
    line = tally.poor if form.number == 2 else tally.near_poor
    return tuple(
        tuple(getattr(movement, column.field) for column in form.columns)
        for movement in (line.households, line.persons)
    )
