"""Template tags of the pages: badges, form widgets in Bootstrap's classes, filter links, numbers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.forms.widgets import CheckboxInput, Input, Select, Widget
from django.http import QueryDict
from django.template import Context
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

CLASS_TITLES = {
    "POOR": _("Hộ nghèo"),
    "NEAR_POOR": _("Hộ cận nghèo"),
    "NOT_POOR": _("Hộ không nghèo"),
    "AVERAGE": _("Mức sống trung bình"),
    "LOW_INCOME": _("Thu nhập thấp"),
    "NOT_MET": _("Không đủ điều kiện"),
}
# A changed filter starts a new list: a place in the old one means nothing there.
PAGING_KEYS = ("after", "before", "page")
MISSING = "—"


@register.filter
def state_badge(state: Any) -> SafeString:
    """Return the badge of a case state, given as a code or as an object with code and title."""
    code = _code(state)
    if not code:
        return format_html("{}", MISSING)
    title = getattr(state, "title", None) if not isinstance(state, str) else None
    return _badge("state", code.lower(), title or _state_title(code))


@register.filter
def class_badge(household_class: Any) -> SafeString:
    """Return the badge of a household class, given as a code or as an object with code and title."""
    code = _code(household_class)
    if not code:
        return format_html("{}", MISSING)
    title = (
        getattr(household_class, "title", None) if not isinstance(household_class, str) else None
    )
    return _badge("class", code.upper(), title or CLASS_TITLES.get(code.upper(), code))


def _code(named: Any) -> str:
    return str(getattr(named, "code", named) or "")


def _badge(kind: str, code: str, title: object) -> SafeString:
    return format_html('<span class="mark {}-{}">{}</span>', kind, code, title)


def _state_title(code: str) -> object:
    # Imported late: the titles are read from the procedure packs, which a form page does not need.
    from workflow.titles import state_title

    return state_title(code)


@register.filter
def field_class(field: BoundField | BoundWidget) -> SafeString:
    """Return the widget of a field, or one choice of a group, in the classes Bootstrap gives its kind."""
    if isinstance(field, BoundWidget):
        return _choice(field)
    widget = field.field.widget
    css = [widget.attrs.get("class", ""), _widget_class(widget)]
    if field.errors:
        css.append("is-invalid")
    return field.as_widget(attrs={"class": " ".join(filter(None, css))})


def _choice(option: BoundWidget) -> SafeString:
    attrs = option.data["attrs"]
    classes = str(attrs.get("class", "")).split()
    if "form-check-input" not in classes:
        attrs["class"] = " ".join([*classes, "form-check-input"])
    return option.tag()


def _widget_class(widget: Widget) -> str:
    if isinstance(widget, CheckboxInput):
        return "form-check-input"
    if isinstance(widget, Select):
        return "form-select"
    if isinstance(widget, Input) and widget.input_type == "range":
        return "form-range"
    return "form-control"


@register.filter
def field_anchor(field: BoundField) -> str:
    """Return the id an error summary links to: the control, or the first control of a group."""
    if field.use_fieldset:
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id


@register.filter
def is_single_checkbox(field: BoundField) -> bool:
    """Test if the field is one box with its label behind it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.simple_tag(takes_context=True)
def query_string(context: Context, **changes: object) -> str:
    """
    Return the query of this page with some keys changed, the others kept; None removes a key.

    Unlike Django's own querystring it forgets the place in the list unless that is what changes.
    """
    request = context.get("request")
    query: QueryDict = request.GET.copy() if request else QueryDict(mutable=True)
    for key in PAGING_KEYS:
        query.pop(key, None)
    _change(query, changes)
    encoded = query.urlencode()
    return f"?{encoded}" if encoded else "?"


def _change(query: QueryDict, changes: Mapping[str, object]) -> None:
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        elif isinstance(value, list | tuple):
            query.setlist(key, [str(each) for each in value])
        else:
            query[key] = str(value)


@register.filter
def vn_number(value: float | Decimal | str | None, decimals: int | None = None) -> str:
    """Return the number as the reader's language writes it: 1.234.567,5 in Vietnamese; a dash for none."""
    if value is None or value == "":
        return MISSING
    return number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)
