"""What every act's form has: the key of the deed, its facts, what it says before and asks again."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EMPTY_VALUES
from django.db.models import Count
from django.http import QueryDict
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.models import Act as DoneAct
from cases.models import (
    Case,
    DeclaredInterest,
    Event,
    HouseholdClass,
    IncomeClass,
    Round,
    User,
    VillageReview,
)
from cases.models.calendars import current_calendar
from cases.rules.packs import Act, Pack
from cases.rules.terms import (
    DAY_REASONS_VI,
    Term,
    TermKind,
    calendar_days_after,
    working_days_after,
)
from workflow.acts import registry
from workflow.machine.apply import Done, legal_day
from workflow.machine.scope import Scope, of_case
from workflow.titles import state_title

Target = Round | VillageReview | Case

# Names of the form itself: not answers, so they are not carried through the second look.
OWN_NAMES = ("csrfmiddlewaretoken", "step")
SMALL = 32_767  # what a small number column holds
YEARS = (1945, 2100)  # a day outside these was mistyped


def new_key() -> str:
    return uuid4().hex


class DayField(forms.DateField):
    """A day typed as dd/mm/yyyy, of years in which it can be meant."""

    def __init__(self, *, years: tuple[int, int] = YEARS, **options: Any) -> None:
        self.years = years
        options.setdefault("help_text", gettext_lazy("Ngày/tháng/năm, ví dụ 05/10/2024."))
        options.setdefault(
            "widget", forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        )
        super().__init__(**options)

    def validate(self, value: Any) -> None:
        super().validate(value)
        first, last = self.years
        if value is not None and not first <= value.year <= last:
            raise ValidationError(
                _("Hãy ghi ngày trong các năm từ %(first)s đến %(last)s."),
                code="no_such_year",
                params={"first": first, "last": last},
            )


class CountField(forms.IntegerField):
    """A whole number that is not negative."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.NumberInput(attrs={"inputmode": "numeric"}))
        super().__init__(**{"min_value": 0, "max_value": SMALL, **options})


class AskedElsewhere:
    """
    A field marked as required whose blank the form lets through.

    The law refuses the blank, by its code and article; or another answer decides if it is needed.
    """

    def validate(self, value: Any) -> None:
        if value not in EMPTY_VALUES:
            super().validate(value)  # type: ignore[misc]


class PaperField(AskedElsewhere, forms.CharField):
    """What a paper says: its number, a place, a name."""


class MoneyField(forms.IntegerField):
    """A sum in dong, typed with or without dots between the thousands."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric"}))
        super().__init__(**{"min_value": 0, "max_value": 10**12, **options})

    def to_python(self, value: Any) -> int | None:
        typed = str(value if value is not None else "")
        return super().to_python(typed.replace(".", "").replace(" ", "").removesuffix("đ"))


class ActForm(forms.Form):
    """
    One act as a person meets it: fields, what will happen, and how the facts are read.

    `looked_at_again`: the answers and the outcome are shown before the act is done. Templates:
    `above`, `inside` and `below` say what the act is about, before, within and after the form;
    `afterwards` what will follow from it; `not_yet` what else to know while it is not possible.
    """

    code: ClassVar[str]
    looked_at_again: ClassVar[bool] = False
    danger: ClassVar[bool] = False
    button: ClassVar[Any] = ""
    above: ClassVar[str] = ""
    inside: ClassVar[str] = ""
    below: ClassVar[str] = ""
    fields_as: ClassVar[str] = "components/fields.html"
    afterwards: ClassVar[str] = ""
    not_yet: ClassVar[str] = ""
    back: ClassVar[str] = ""  # name of the page to go back to, where it is not the target's own

    key = forms.CharField(
        widget=forms.HiddenInput,
        max_length=64,
        error_messages={"required": gettext_lazy("Trang thiếu mã của việc. Hãy tải lại trang.")},
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        target: Any,
        by: User,
        at: datetime,
    ) -> None:
        self.target, self.by, self.at = target, by, at
        self.day: date = legal_day(at)
        super().__init__(data, label_suffix="")
        self.prepare()
        if self._is_close() or "conflict_note" in self.data:
            self.ask_why_all_the_same()
        if data is None:
            self.initial = {"key": new_key(), **self.first_answers()}

    def prepare(self) -> None:
        """Fill choices that depend on the target."""

    def also_acting(self) -> Iterable[int]:
        """Return the keys of people beside the actor who may take part (who chairs a meeting)."""
        return ()

    def _is_close(self) -> bool:
        """Test if whoever does this has declared an interest in a household that it is about."""
        if self.target is None or "interest_noted" not in self.declared.conditions:
            return False
        return (
            DeclaredInterest.objects.standing(self.day)
            .filter(
                user__in=[self.by.pk, *self.also_acting()],
                household__in=self.scope.cases().order_by().values("household"),
            )
            .exists()
        )

    def ask_why_all_the_same(self) -> None:
        """Ask why somebody who is close to a household does this all the same."""
        self.fields["conflict_note"] = forms.CharField(
            label=gettext_lazy("Lý do vẫn làm khi là người có liên quan"),
            help_text=gettext_lazy(
                "Bà/ông, người chủ trì hoặc rà soát viên đã khai là thành viên hay người thân của một hộ ở đây, "
                "hoặc bà/ông trùng tên rà soát viên. Lý do được ghi lại cùng việc này."
            ),
            max_length=500,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def field(self, name: str) -> Any:
        """Return a field to be filled; its kind is known where it is declared."""
        return self.fields[name]

    def first_answers(self) -> dict[str, Any]:
        """Return what the empty form proposes."""
        return {}

    def facts(self) -> dict[str, Any]:
        """Return the facts as the registry of acts reads them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}

    def carry_out(self) -> Done | Round:
        """
        Do the act.

        :raises Refused: if the law does not allow it now
        :raises BadFact: if a fact cannot be read
        :raises MeasureError: if the standard has no answer to it
        """
        return registry.do(
            self.code,
            self.target,
            self.facts(),
            by=self.by,
            at=self.at,
            key=self.cleaned_data["key"],
        )

    @property
    def scope(self) -> Scope:
        return scope_of_target(self.target)

    @property
    def pack(self) -> Pack:
        return self.scope.pack

    @property
    def declared(self) -> Act:
        return self.pack.by_code[self.code]

    def lines(self) -> list[str]:
        """Return, as sentences, what will happen."""
        targets = [str(state_title(move.target)) for move in self.declared.moves]
        ways = _(" hoặc ").join(f"“{title}”" for title in dict.fromkeys(targets))
        if isinstance(self.target, Case):
            return [_("Hồ sơ của hộ sẽ chuyển sang %(ways)s.") % {"ways": ways}]
        return [
            _("%(households)s sẽ chuyển sang %(ways)s.")
            % {"households": households(self.movable().count()), "ways": ways}
        ]

    def movable(self) -> Any:
        """Return the cases in a state from which the act leads on."""
        return self.scope.cases().filter(state__in=self.declared.sources)

    def term(self) -> dict[str, Any] | None:
        """Return the time limit that the act starts, as it would be counted from today."""
        code = self.declared.starts_term
        return counted_term(self.pack, code, self.day) if code else None

    def tables(self) -> dict[str, Any]:
        """Return what the templates `above` and `inside` show."""
        return {}

    def tables_not_yet(self) -> dict[str, Any]:
        """Return what the template `not_yet` shows."""
        return {}

    def answers(self) -> list[dict[str, Any]]:
        """Return the answers for the second look, in the order of the fields."""
        return [
            {"label": field.label, "value": spoken(self, name)}
            for name, field in self.fields.items()
            if name != "key"
        ]

    def consequences(self) -> list[str]:
        """Return, for the second look, what follows beside the moves of households."""
        return []

    def results(self, act: DoneAct) -> dict[str, Any]:
        """Return what the act moved; asked within the rehearsal and after the deed."""
        return {"moves": moves_of(act)}

    def adds(self) -> dict[str, str]:
        """Return what the second look sends on beside the answers: proof of what was shown."""
        return {}

    def warnings(self) -> list[str]:
        """Return what is odd about the answers but does not stand against the act."""
        return []


class ConfirmForm(ActForm):
    """An act that asks for nothing but a yes."""


def households(number: int) -> str:
    """Return "40 hộ" in the reader's language."""
    return ngettext("%(n)d hộ", "%(n)d hộ", number) % {"n": number}


def scope_of_target(target: Target) -> Scope:
    if isinstance(target, Case):
        return of_case(target)
    if isinstance(target, VillageReview):
        return Scope(target.round, target)
    return Scope(target)


def moves_of(act: DoneAct) -> list[dict[str, Any]]:
    """Return how many households an act moved to each state, in the order of the procedure."""
    rows = (
        Event.objects.filter(act=act)
        .order_by("to_state")
        .values("to_state")
        .annotate(n=Count("pk"))
    )
    return [{"state": row["to_state"], "n": row["n"]} for row in rows]


def spoken(form: forms.Form, name: str) -> str:
    """Return an answer in words."""
    value: Any = form.cleaned_data.get(name)
    field: Any = form.fields[name]
    if isinstance(value, bool) and not isinstance(field, forms.ChoiceField):
        return _("Có") if value else _("Không")
    if isinstance(field, forms.MultipleChoiceField):
        titles = _titles(field)
        return "; ".join(titles[code] for code in value or ()) or _("Không có")
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return _titles(field).get(str(value), str(value))
    if isinstance(field, MoneyField) and value is not None:
        return number_format(value, force_grouping=True)
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return "—" if value in (None, "") else str(value)


def _titles(field: Any) -> dict[str, str]:
    return {str(code): str(title) for code, title in field.choices}


def case_rows(cases: Any, *columns: str) -> list[dict[str, Any]]:
    """Return code, head and some columns of cases, in the paper's order, by one query."""
    names = ("code", "household__head_name", "village_review__village_name", *columns)
    rows = cases.order_by("village", "code").values(*names)
    return [
        {
            "head": row.pop("household__head_name"),
            "village": row.pop("village_review__village_name"),
            **row,
        }
        for row in rows
    ]


def class_counts(cases: Any, column: str = "result_class") -> list[dict[str, Any]]:
    """Return the number of households by class, in the order poor to not poor, or of incomes."""
    found = {
        row[column]: row for row in cases.order_by(column).values(column).annotate(n=Count("pk"))
    }
    return [
        {"code": code, "title": title, "n": found[code]["n"] if code in found else 0}
        for code, title in _classes(found)
    ]


def _classes(found: Iterable[str]) -> list[tuple[str, Any]]:
    """Return the classes that a table shows: those of incomes only where incomes were judged."""
    of_incomes = [(code, title) for code, title in IncomeClass.choices if code in found]
    return of_incomes or HouseholdClass.choices


def counted_term(pack: Pack, code: str, day: date) -> dict[str, Any]:
    """Return a time limit that would start on a day: its end, and how each day was counted."""
    rule = pack.term(code)
    count = working_days_after if rule.kind == TermKind.WORKING else calendar_days_after
    term = count(day, rule.days, current_calendar())
    return {
        "title": _(rule.title),
        "days": rule.days,
        "working": rule.kind == TermKind.WORKING,
        "article": rule.source.article,
        "unsure": rule.source.mark == "?",
        "ends_on": term.ends_on,
        "provisional": term.provisional,
        "explained": _explained(term),
    }


def _explained(term: Term) -> list[dict[str, Any]]:
    return [
        {"day": counted.day, "counted": counted.counted, "why": _(DAY_REASONS_VI[counted.why_code])}
        for counted in term.days
    ]


def name_within(name: str) -> str:
    """Return a unit's name as it stands inside a sentence: "thôn 1", "xã Tân Lập"."""
    return name[:1].lower() + name[1:]


def posted_rows(data: Mapping[str, Any] | None, prefix: str) -> dict[str, str]:
    """Return the values of fields named prefix + household code, without blanks around."""
    if data is None:
        return {}
    return {
        name.removeprefix(prefix): str(value).strip()
        for name, value in data.items()
        if name.startswith(prefix) and is_code(name.removeprefix(prefix))
    }


def is_code(text: str) -> bool:
    """Test if the text can be a household's code: what else is posted names no household."""
    return 0 < len(text) <= 30 and text.isprintable() and " " not in text


def carried(
    data: QueryDict, also: Mapping[str, str] = MappingProxyType({})
) -> Iterable[tuple[str, str]]:
    """Return the posted answers that the second look carries on, hidden, and what it adds."""
    answers = [(name, value) for name, values in data.lists() for value in values]
    left_out = {*OWN_NAMES, *also}
    return [*(each for each in answers if each[0] not in left_out), *also.items()]
