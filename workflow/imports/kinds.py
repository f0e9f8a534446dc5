"""The kinds of workbook that are taken: one row for commands and pages alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflow.imports.blanks import blank_households, blank_surveys
from workflow.imports.files import ReadFile
from workflow.imports.households import plan_list, read_list, take_list
from workflow.imports.sentences import households_sentence, surveys_sentence
from workflow.imports.surveys import plan_forms, read_forms, take_forms


@dataclass(frozen=True)
class Kind:
    """How one kind of workbook is planned, taken and told of."""

    code: str  # in addresses
    title: str | Promise
    hint: str | Promise
    read: Callable[..., ReadFile[Any]]
    plan: Callable[[ReadFile[Any]], Any]
    take: Callable[..., Any]
    sentence: Callable[[Any], str]  # what a total brings
    blank: Callable[[], bytes]
    tallies: str  # the template that shows what it brings


HOUSEHOLDS = Kind(
    "danh-sach-ho",
    _("Danh sách hộ"),
    _("Hai trang tính Ho và NhanKhau."),
    read_list,
    plan_list,
    take_list,
    households_sentence,
    blank_households,
    "workflow/imports/household_tallies.html",
)
SURVEYS = Kind(
    "phieu-ra-soat",
    _("Phiếu rà soát (Phiếu A, Phiếu B)"),
    _("Một trang tính Phieu; hộ phải có trong danh sách rà soát."),
    read_forms,
    plan_forms,
    take_forms,
    surveys_sentence,
    blank_surveys,
    "workflow/imports/survey_tallies.html",
)
KINDS = {kind.code: kind for kind in (HOUSEHOLDS, SURVEYS)}
