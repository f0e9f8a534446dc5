"""The form of a new edition of the working calendar: its paper, and the days that change."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models.calendars import CalendarDay
from cases.rules.calendar_changes import (
    REMOVED,
    UNSURE,
    CalendarEntry,
    Days,
    Problem,
    closed_years,
    confirmed,
    problems,
)
from workflow.pages.forms.base import AskedElsewhere, DayField

ROWS, MOST_ROWS = 6, 60
PROBLEMS: Mapping[Problem, str | Promise] = {
    Problem.TWICE: gettext_lazy("Ngày %(day)s được ghi hai lần. Chỉ giữ một dòng."),
    Problem.OFF_AND_WORKED: gettext_lazy(
        "Ngày %(day)s không thể vừa nghỉ vừa làm bù. Bỏ ngày này khỏi lịch trước, rồi ghi lại ở phiên bản sau."
    ),
    Problem.WORKED_WEEKDAY: gettext_lazy(
        "Ngày %(day)s là ngày trong tuần, vốn là ngày làm việc. Nếu không nghỉ nữa thì chọn “Bỏ khỏi lịch”."
    ),
    Problem.NOT_LISTED: gettext_lazy("Ngày %(day)s không có trong lịch nên không bỏ được."),
    Problem.NO_CHANGE: gettext_lazy("Ngày %(day)s đã có trong lịch đúng như vậy."),
    Problem.CLOSED_YEAR: gettext_lazy(
        "Năm %(year)s đã khép lại. Chỉ sửa được như một lần đính chính: đánh dấu “Đây là đính chính” và nêu lý do."
    ),
    Problem.OUT_OF_RANGE: gettext_lazy("Năm %(year)s nằm ngoài lịch. Kiểm tra lại ngày đã ghi."),
    Problem.UNEXPLAINED: gettext_lazy("Đính chính phải nêu lý do."),
}


class EditionForm(forms.Form):
    """What a new edition rests on."""

    base = forms.CharField(widget=forms.HiddenInput, max_length=40)
    source_document = forms.CharField(
        label=gettext_lazy("Văn bản"),
        max_length=300,
        help_text=gettext_lazy("Số, ngày và cơ quan ban hành thông báo nghỉ hoặc hoán đổi."),
    )
    confirmed_year = forms.TypedChoiceField(
        label=gettext_lazy("Năm nay đã có thông báo"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy(
            "Các ngày “chưa kiểm chứng” còn lại của năm được ghi là đã thấy nguồn, theo văn bản trên."
        ),
    )
    correction = forms.BooleanField(
        label=gettext_lazy("Đây là đính chính (có ngày của năm đã qua)"), required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Ghi chú"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Khi đính chính: sai ở đâu, vì sao sửa."),
    )

    def __init__(self, listed: Days, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        years = sorted({day.year for day, entry in listed.items() if entry.mark == UNSURE})
        field: Any = self.fields["confirmed_year"]
        field.choices = [("", _("Không có năm nào")), *((year, str(year)) for year in years)]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if answers.get("correction") and not answers.get("note"):
            self.add_error("note", str(PROBLEMS[Problem.UNEXPLAINED]))
        return answers


class _NameField(AskedElsewhere, forms.CharField):
    """A day that is taken out needs no name."""


class _MarkField(AskedElsewhere, forms.ChoiceField):
    """Nor a mark."""


class ChangeForm(forms.Form):
    """One day to add, change or take out; an empty row says nothing."""

    day = DayField(label=gettext_lazy("Ngày"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Là"),
        choices=[
            ("", gettext_lazy("Chọn")),
            (CalendarDay.Kind.OFF, gettext_lazy("Nghỉ")),
            (CalendarDay.Kind.WORKED, gettext_lazy("Làm bù")),
            (REMOVED, gettext_lazy("Bỏ khỏi lịch")),
        ],
    )
    name = _NameField(label=gettext_lazy("Tên ngày"), max_length=100)
    mark = _MarkField(
        label=gettext_lazy("Độ tin cậy"),
        choices=[("", gettext_lazy("Chọn")), *CalendarDay.Mark.choices],
    )
    source = forms.CharField(
        label=gettext_lazy("Nguồn"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Để trống: theo văn bản ở trên."),
    )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if self.has_changed() and answers.get("kind") not in (None, REMOVED):
            for name in ("name", "mark"):
                if not answers.get(name) and name not in self.errors:
                    self.add_error(name, _("Trường này là bắt buộc khi ghi một ngày."))
        return answers


ChangeFormSet = forms.formset_factory(
    ChangeForm, extra=ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)


class Edition:
    """The form and its rows as one: read, held to the rules, and turned into changes."""

    def __init__(self, listed: Days, this_year: int, data: Any, base: str) -> None:
        self.listed, self.this_year = listed, this_year
        self.form = EditionForm(listed, data, initial={"base": base})
        self.rows = ChangeFormSet(data, prefix="ngay", form_kwargs={"label_suffix": ""})
        self.changes: list[CalendarEntry] = []

    def is_valid(self) -> bool:
        """Test if both are filled well and the rules allow every change."""
        filled = [self.form.is_valid(), self.rows.is_valid()]
        if all(filled):
            self._read()
        return self.form.is_valid() and self.rows.is_valid() and bool(self.changes)

    @property
    def corrected_years(self) -> list[int]:
        return closed_years(self.changes, self.this_year)

    def _read(self) -> None:
        facts = self.form.cleaned_data
        rows = [row for row in self.rows if row.has_changed()]
        typed = [self._entry(row.cleaned_data) for row in rows]
        corrects = closed_years(typed, self.this_year) if facts["correction"] else ()
        found = problems(self.listed, typed, self.this_year, corrects=corrects)
        for number, problem in found:
            day = typed[number].day
            words = {"day": f"{day:%d/%m/%Y}", "year": day.year}
            rows[number].add_error("day", str(PROBLEMS[problem]) % words)
        self.changes = [*self._confirmed({entry.day for entry in typed}), *typed]
        if not self.changes:
            self.form.add_error(None, _("Chưa có ngày nào thay đổi."))

    def _confirmed(self, typed: set[Any]) -> list[CalendarEntry]:
        facts = self.form.cleaned_data
        year = facts["confirmed_year"]
        if year is None:
            return []
        if year < self.this_year and not facts["correction"]:
            words = {"year": year}
            self.form.add_error("confirmed_year", str(PROBLEMS[Problem.CLOSED_YEAR]) % words)
        found = confirmed(self.listed, year, facts["source_document"])
        return [entry for entry in found if entry.day not in typed]

    def _entry(self, row: Mapping[str, Any]) -> CalendarEntry:
        source = row["source"] or self.form.cleaned_data["source_document"]
        return CalendarEntry(row["day"], row["kind"], row["name"], row["mark"], source)
