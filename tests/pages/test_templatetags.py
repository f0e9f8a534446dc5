"""Tests of the page tags: what they write, and that the form component leads from error to field."""

import re
import sys
from decimal import Decimal
from types import ModuleType, SimpleNamespace

import pytest
from django import forms
from django.template import Context
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from workflow.templatetags import rasoat


class MeetingForm(forms.Form):
    secretary = forms.CharField(label="Thư ký", help_text="Họ và tên")
    village = forms.ChoiceField(label="Thôn", choices=[("1", "Buôn Ea Pô")])
    kind = forms.ChoiceField(
        label="Khu vực", choices=[("R", "Nông thôn"), ("U", "Thành thị")], widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="Ghi chú", required=False, widget=forms.Textarea(attrs={"class": "tall"})
    )
    signed = forms.BooleanField(label="Đã ký")


@pytest.fixture
def titles(monkeypatch: pytest.MonkeyPatch) -> None:
    """A register of state titles with one title, so that the badge is tested without the packs."""
    register = ModuleType("workflow.titles")
    register.state_title = {"posted": "Đang niêm yết"}.__getitem__  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "workflow.titles", register)


def query(address: str, **changes: object) -> str:
    context = Context({"request": RequestFactory().get(address)})
    return rasoat.query_string(context, **changes)


def test_a_state_given_by_its_code_shows_the_registered_title(titles: None) -> None:
    badge = rasoat.state_badge("posted")

    assert badge == '<span class="mark state-posted">Đang niêm yết</span>'


def test_a_state_object_shows_its_own_title_escaped() -> None:
    badge = rasoat.state_badge(SimpleNamespace(code="AGREED", title="<b>"))

    assert badge == '<span class="mark state-agreed">&lt;b&gt;</span>'


@pytest.mark.parametrize("missing", [None, ""])
def test_a_missing_state_or_class_shows_a_dash(missing: str | None) -> None:
    assert rasoat.state_badge(missing) == "—"
    assert rasoat.class_badge(missing) == "—"


@pytest.mark.parametrize("code", ["POOR", "NEAR_POOR", "NOT_POOR"])
def test_each_household_class_has_a_title_of_its_own(code: str) -> None:
    badge = rasoat.class_badge(code)

    assert f'class="mark class-{code}"' in badge
    assert f">{code}<" not in badge


@pytest.mark.parametrize(
    ("field", "css"),
    [
        ("secretary", "form-control"),
        ("village", "form-select"),
        ("note", "tall form-control"),
        ("signed", "form-check-input"),
    ],
)
def test_a_widget_wears_the_class_of_its_kind(field: str, css: str) -> None:
    assert f'class="{css}"' in rasoat.field_class(MeetingForm()[field])


def test_a_choice_of_a_group_wears_the_class_of_a_check_once() -> None:
    option = next(iter(MeetingForm()["kind"]))

    rasoat.field_class(option)

    assert rasoat.field_class(option).count("form-check-input") == 1


def test_a_field_with_an_error_says_so_to_eyes_and_to_screen_readers() -> None:
    widget = rasoat.field_class(MeetingForm({})["secretary"])

    assert "is-invalid" in widget
    assert 'aria-invalid="true"' in widget
    assert 'aria-describedby="id_secretary_helptext id_secretary_error"' in widget


def test_every_line_of_the_error_summary_leads_to_a_control_on_the_page() -> None:
    page = render_to_string("components/form.html", {"form": MeetingForm({})})

    targets = re.findall(r'<a href="#([^"]+)"', page)
    ids = re.findall(r' id="([^"]+)"', page)
    assert targets == ["id_secretary", "id_village", "id_kind_0", "id_signed"]
    assert set(targets) <= set(ids)
    assert len(ids) == len(set(ids))


def test_every_note_that_a_control_names_is_on_the_page() -> None:
    page = render_to_string("components/form.html", {"form": MeetingForm({})})

    named = " ".join(re.findall(r'aria-describedby="([^"]+)"', page)).split()
    assert named
    assert set(named) <= set(re.findall(r' id="([^"]+)"', page))


def test_a_changed_filter_keeps_the_others_and_leaves_the_place_in_the_list() -> None:
    assert query("/?unit=24679&state=posted&after=90", state="agreed") == "?unit=24679&state=agreed"


def test_the_next_page_keeps_the_filters() -> None:
    assert query("/?unit=24679&after=90", after=140) == "?unit=24679&after=140"


def test_none_takes_a_filter_away_and_a_list_writes_it_many_times() -> None:
    assert query("/?state=posted", state=None) == "?"
    assert query("/", state=["posted", "agreed"]) == "?state=posted&state=agreed"


def test_a_page_without_a_request_still_gets_a_query() -> None:
    assert rasoat.query_string(Context({}), after=3) == "?after=3"


@pytest.mark.parametrize(
    ("language", "value", "decimals", "shown"),
    [
        ("vi", 1234567, None, "1.234.567"),
        ("vi", Decimal("1234.5"), None, "1.234,5"),
        ("vi", 12.345, 1, "12,3"),
        ("vi", 0, None, "0"),
        ("en", 1234567, None, "1,234,567"),
        ("vi", None, None, "—"),
        ("vi", "", None, "—"),
    ],
)
def test_a_number_is_written_as_the_reader_writes_it(
    language: str, value: float | Decimal | str | None, decimals: int | None, shown: str
) -> None:
    with translation.override(language):
        assert rasoat.vn_number(value, decimals) == shown
