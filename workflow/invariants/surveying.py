"""Survey and classification: INV-05 (QĐ 24/2021/QĐ-TTg, khoản 2 Điều 4)."""

from collections.abc import Iterator
from functools import lru_cache

from django.utils.translation import gettext as _

from cases.rules.standards import MeasureError, classify, standard_of_code
from workflow.invariants.finding import Found, of_case, of_round
from workflow.invariants.record import Dossier, Record

# From which states a household is surveyed by Phiếu B, and as what the form counts.
KIND = {"survey": "SURVEY", "reverify": "REVERIFICATION"}


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


@of_case("INV-05")
def each_classification_has_a_form(dossier: Dossier, record: Record) -> Iterator[Found]:
    forms = {(sheet.act_id, sheet.kind) for sheet in dossier.sheets}
    surveyed = False
    for step in dossier.steps:
        if kind := KIND.get(step.code):
            surveyed = (step.act_id, kind) in forms
            if not surveyed:
                yield Found(_("Ghi đã khảo sát nhưng không có Phiếu B."), step.number)
        elif step.target == "classified" and not surveyed:
            yield Found(_("Phân loại khi chưa có Phiếu B trong đợt."), step.number)
        elif step.target in ("disagreed", "objected", "listed"):
            surveyed = False  # only a new form counts from here on
    if [sheet.attempt for sheet in dossier.sheets] != list(range(1, len(dossier.sheets) + 1)):
        yield Found(_("Các lần khảo sát không được đánh số liên tục."))


@of_case("INV-05")
def a_requester_is_screened_first(dossier: Dossier, record: Record) -> Iterator[Found]:
    if dossier.face.basis != "REQUEST":
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
