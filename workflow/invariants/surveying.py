"""Survey, income and classification: INV-05 (QĐ 24/2021/QĐ-TTg, khoản 2 Điều 4, Điều 2, Điều 6)."""

from collections.abc import Iterator
from functools import lru_cache

from django.utils.translation import gettext as _

from cases.local_standards import pinned_standards
from cases.rules.local_standards import BadLocalStandard
from cases.rules.standards import (
    MeasureError,
    Standard,
    UnknownStandard,
    classify,
    deprivations_from_text,
    standard_of_code,
)
from workflow.invariants.finding import Found, of_case, of_round
from workflow.invariants.law import PERIODIC, judged_income
from workflow.invariants.record import Dossier, Record

# What a household is looked at with, and as what the paper counts.
KIND = {
    "survey": "SURVEY",
    "reverify": "REVERIFICATION",
    "reexamine": "REEXAMINATION",
    "determine_income": "INCOME",
    "redetermine_income": "INCOME",
}


@of_round("INV-05")
def each_form_gives_its_class(record: Record) -> Iterator[Found]:
    standard, area = record.round.standard, record.round.area
    for case_id, _attempt, _kind, act_id, cls, _day, *scored in record.sheet_rows:
        if scored[0] != area or scored[1] != standard or judged(*scored) != cls:
            yield Found(
                _("Kết quả phân loại không phải là kết quả mà điểm B1, B2 của phiếu cho ra."),
                record.sequence_of(act_id),
                record.codes[case_id],
            )


@of_round("INV-05")
def each_income_gives_its_class(record: Record) -> Iterator[Found]:
    for case_id, _attempt, _kind, act_id, cls, _day, area, *sums in record.income_rows:
        if area != record.round.area or judged_income(record.kind, area, *sums) != cls:
            yield Found(
                _("Kết quả không phải là kết quả mà thu nhập 12 tháng của hộ cho ra."),
                record.sequence_of(act_id),
                record.codes[case_id],
            )


@of_round("INV-05")
def each_form_is_judged_by_the_provinces_standards_too(record: Record) -> Iterator[Found]:
    pinned = record.round.local_standards
    if not pinned and not record.assessments:
        return
    try:
        standards = {lines.standard.code: lines.standard for lines in pinned_standards(pinned)}
    except (UnknownStandard, BadLocalStandard):
        standards = {}
    judged_by: dict[tuple[int, int], set[str]] = {}
    for act_id, case_id, code, result, area, income, flags in record.assessments:
        judged_by.setdefault((act_id, case_id), set()).add(code)
        if code not in standards or _judge(standards[code], area, income, flags) != result:
            yield Found(
                _("Kết quả theo chuẩn của địa phương không phải là kết quả mà phiếu cho ra."),
                record.sequence_of(act_id),
                record.codes[case_id],
            )
    for case_id, _attempt, _kind, act_id, *_rest in record.sheet_rows:
        if judged_by.get((act_id, case_id), set()) != set(pinned):
            yield Found(
                _("Phiếu B không được xét theo đúng các chuẩn địa phương của đợt."),
                record.sequence_of(act_id),
                record.codes[case_id],
            )


@of_case("INV-05")
def each_classification_has_a_form(dossier: Dossier, record: Record) -> Iterator[Found]:
    forms = {(sheet.act_id, sheet.kind) for sheet in dossier.sheets}
    surveyed = False
    for step in dossier.steps:
        if kind := KIND.get(step.code):
            surveyed = (step.act_id, kind) in forms
            if not surveyed:
                yield Found(_("Ghi đã khảo sát nhưng không có phiếu."), step.number)
        elif step.target in ("classified", "posted") and not surveyed:
            yield Found(_("Phân loại khi chưa có phiếu trong đợt."), step.number)
        elif step.target in ("disagreed", "objected", "listed"):
            surveyed = False  # only a new form counts from here on
    if [sheet.attempt for sheet in dossier.sheets] != list(range(1, len(dossier.sheets) + 1)):
        yield Found(_("Các lần khảo sát không được đánh số liên tục."))


@of_case("INV-05")
def a_requester_is_screened_first(dossier: Dossier, record: Record) -> Iterator[Found]:
    if dossier.face.basis != "REQUEST" or record.kind != PERIODIC:
        return
    passed = {s.act_id: s.passed for s in dossier.apart.screenings}
    for step in dossier.steps:
        if step.code == "screen":
            if passed.get(step.act_id) is not (step.target == "screened"):
                yield Found(_("Phiếu A không có hoặc không cho kết quả đã ghi."), step.number)
        elif step.source == "listed" and step.code == "survey":
            yield Found(_("Hộ có Giấy đề nghị được khảo sát khi chưa qua Phiếu A."), step.number)


@lru_cache(maxsize=65_536)
def judged(area: str, standard: str, income: int, deprivation: int, flags: str) -> str:
    """Return the class that the form's scores give; empty: they give none."""
    try:
        result = classify(standard_of_code(standard), area, income, [f == "1" for f in flags])
    except MeasureError:
        return ""
    return result.cls.value if result.deprivation_score == deprivation else ""


def _judge(standard: Standard, area: str, income: int, flags: str) -> str:
    try:
        return classify(standard, area, income, deprivations_from_text(flags)).cls.value
    except MeasureError:
        return ""
