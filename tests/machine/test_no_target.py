"""There is no place to store a target: not in a table, a form, a setting or an imported column."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.db import models

import cases
import config.settings
import notifications
import workflow
from cases.names import fold
from cases.sheets.tables import Column

# Spelled without marks: names are folded before they are looked at.
TARGET = re.compile(
    r"\b(targets?|quotas?|goals?|planned|plan figures?|chi tieu|muc tieu|dinh muc|"
    r"ke hoach giam|so giam giao|giao chi tieu)\b"
)
OUR_APPS = ("cases", "workflow", "notifications")
Named = Iterator[tuple[str, str]]


def suspicious(names: Named) -> list[str]:
    """Return the places whose name or title speaks of a target."""
    return [
        f"{place}: {text}"
        for place, text in names
        if TARGET.search(re.sub(r"[\W_]+", " ", fold(_words(text))))
    ]


def _words(text: str) -> str:
    """Split namesLikeThis, so that each word is seen."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)


def of_models(tables: list[type[models.Model]]) -> Named:
    for table in tables:
        yield table._meta.label, table.__name__
        yield table._meta.label, str(table._meta.verbose_name)
        for field in table._meta.get_fields():
            place = f"{table._meta.label}.{field.name}"
            texts = [
                field.name,
                getattr(field, "verbose_name", ""),
                getattr(field, "help_text", ""),
            ]
            texts += [label for pair in getattr(field, "choices", None) or [] for label in pair]
            yield from ((place, str(text)) for text in texts)


def of_forms(classes: list[type[forms.BaseForm]]) -> Named:
    for cls in classes:
        for name, field in getattr(cls, "base_fields", {}).items():
            place = f"{cls.__module__}.{cls.__qualname__}.{name}"
            for text in (name, field.label, field.help_text):
                yield place, str(text or "")


def of_columns(columns: list[tuple[str, Column]]) -> Named:
    for place, column in columns:
        for text in (column.key, *column.titles):
            yield f"{place}.{column.key}", text


def of_settings(names: list[str]) -> Named:
    return ((f"settings.{name}", name) for name in names)


def our_modules() -> list[ModuleType]:
    """Import every module of the rooms."""
    modules = []
    for room in (cases, workflow, notifications):
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if ".migrations" not in found.name:
                modules.append(importlib.import_module(found.name))
    return modules


def our_forms() -> list[type[forms.BaseForm]]:
    our_modules()
    return [cls for cls in _below(forms.BaseForm) if cls.__module__.split(".")[0] in OUR_APPS]


def our_columns() -> list[tuple[str, Column]]:
    return [
        (module.__name__, column)
        for module in our_modules()
        for value in vars(module).values()
        for column in (value if isinstance(value, tuple | list) else [value])
        if isinstance(column, Column)
    ]


def _below(cls: type[Any]) -> Iterator[type[Any]]:
    for child in cls.__subclasses__():
        yield child
        yield from _below(child)


def test_no_table_has_a_place_for_a_target() -> None:
    tables = [t for label in OUR_APPS for t in apps.get_app_config(label).get_models()]

    assert tables and suspicious(of_models(tables)) == []


def test_no_form_has_a_field_for_a_target() -> None:
    assert suspicious(of_forms(our_forms())) == []


def test_no_import_has_a_column_for_a_target() -> None:
    columns = our_columns()

    assert len(columns) > 30 and suspicious(of_columns(columns)) == []


def test_no_setting_is_a_target() -> None:
    names = [name for name in {*dir(config.settings), *dir(settings)} if name.isupper()]

    assert names and suspicious(of_settings(names)) == []


class TargetForm(forms.Form):
    """A planted form; this room is not among those that are walked."""

    number = forms.IntegerField(label="Chỉ tiêu giảm nghèo")


@pytest.mark.parametrize(
    "name", ["target", "poor_target", "quota_2025", "chi_tieu", "mucTieu", "plan_figure"]
)
def test_a_planted_table_is_noticed_by_the_name_of_its_column(name: str) -> None:
    field = models.IntegerField()
    field.set_attributes_from_name(name)
    planted = type("Planted", (), {"__name__": "Planted"})
    planted._meta = type(  # type: ignore[attr-defined]
        "Meta",
        (),
        {"label": "x.Planted", "verbose_name": "", "get_fields": staticmethod(lambda: [field])},
    )

    assert suspicious(of_models([planted]))


@pytest.mark.parametrize("title", ["Chỉ tiêu", "CHỈ TIÊU GIẢM", "Chỉ  tiêu giao", "Mục tiêu năm"])
def test_a_planted_column_is_noticed_by_its_title(title: str) -> None:
    assert suspicious(of_columns([("x", Column("so_ho", ("Số hộ", title)))]))


def test_a_planted_form_and_setting_are_noticed() -> None:
    assert suspicious(of_forms([TargetForm]))
    assert suspicious(of_settings(["POVERTY_TARGET"]))


@pytest.mark.parametrize(
    "innocent", ["chi_tiet", "plan_paper", "kế hoạch rà soát", "Chỉ số thiếu hụt 1", "targeted"]
)
def test_what_is_no_target_is_not_mistaken_for_one(innocent: str) -> None:
    assert suspicious(of_settings([innocent])) == []
