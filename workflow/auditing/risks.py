"""
Questions that a case may raise. They are questions, not marks: nothing adds them up.

Each says what was seen and what it asks; the answer may well be that all was right. Told from
papers of acts done by a moment, so that whoever asks again is told the same.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncHour
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, HouseholdClass, Round, Survey, Tally
from cases.rules.standards import MeasureError, standard_of_code
from workflow.auditing.editions import packs_of

NEAR = 5  # points above the income line: one answer on the form
IN_AN_HOUR = 6  # forms of one reviewer, entered one by one
IN_A_DAY = 20  # households of one reviewer, by the day on the forms
WAS_POOR = (HouseholdClass.POOR.value, HouseholdClass.NEAR_POOR.value)
Asking = Callable[[QuerySet[Case], datetime], Iterator[int]]


@dataclass(frozen=True)
class Question:
    """What is seen of a case, and what that asks."""

    code: str
    seen: str | Promise
    asks: str | Promise


QUESTIONS = (
    Question(
        "at_the_line",
        _("Hộ ra khỏi diện nghèo, cận nghèo với điểm B1 chỉ quá chuẩn từ 1 đến 5 điểm."),
        _("Các câu trả lời của phiếu làm nên những điểm cuối có đúng với hộ không?"),
    ),
    Question(
        "just_enough_votes",
        _("Cuộc họp có đúng số người đồng ý cần có, không hơn một người."),
        _("Danh sách dự họp và số biểu quyết trong biên bản có khớp nhau không?"),
    ),
    Question(
        "surveyed_on_the_meeting_day",
        _("Hộ được khảo sát ngay trong ngày họp dân."),
        _("Phiếu đã được tổng hợp, phân loại trước khi đưa ra họp chưa?"),
    ),
    Question(
        "many_forms_in_an_hour",
        _("Một rà soát viên có từ 6 phiếu trở lên được ghi từng phiếu trong một giờ."),
        _("Phiếu được lập tại nhà hộ hay được ghi lại sau từ giấy?"),
    ),
    Question(
        "many_households_in_a_day",
        _("Một rà soát viên có từ 20 hộ trở lên cùng một ngày khảo sát."),
        _("Rà soát viên có đến từng nhà không, có ai cùng đi không?"),
    ),
    Question(
        "looked_at_again_by_the_same",
        _("Người phúc tra là người đã khảo sát, hoặc cùng một người ghi cả hai phiếu."),
        _("Vì sao không có người khác phúc tra?"),
    ),
)
BY_CODE = {question.code: question for question in QUESTIONS}


def questions_about(cases: QuerySet[Case], until: datetime) -> dict[int, list[str]]:
    """Return the codes of the questions that cases raise, by case; a constant number of queries."""
    found: dict[int, list[str]] = defaultdict(list)
    for question in QUESTIONS:
        for case in sorted(set(_ASKED[question.code](cases, until))):
            found[case].append(question.code)
    return dict(found)


def _sheets(cases: QuerySet[Case], until: datetime) -> QuerySet[Survey]:
    return Survey.objects.filter(case__in=cases.order_by().values("pk"), act__at__lte=until)


def _at_the_line(cases: QuerySet[Case], until: datetime) -> Iterator[int]:
    later = Survey.objects.filter(case=OuterRef("case"), act__at__lte=until)
    last = _sheets(cases, until).filter(
        attempt=Subquery(later.order_by("-attempt").values("attempt")[:1]),
        case__opening_class__in=WAS_POOR,
        proposed_class=HouseholdClass.NOT_POOR,
    )
    lines: dict[tuple[str, str], int | None] = {}
    for case, standard, area, score in last.order_by().values_list(
        "case_id", "standard", "area", "income_score"
    ):
        if (standard, area) not in lines:
            lines[standard, area] = _line(standard, area)
        line = lines[standard, area]
        if line is not None and line < score <= line + NEAR:
            yield case


def _line(standard: str, area: str) -> int | None:
    try:
        return standard_of_code(standard).scores.income_lines[area].value
    except (MeasureError, KeyError):
        return None


def _just_enough_votes(cases: QuerySet[Case], until: datetime) -> Iterator[int]:
    wanted = cases.order_by()
    codes = Round.objects.filter(pk__in=wanted.values("round")).values_list("pack", flat=True)
    packs = packs_of(codes.distinct().order_by())
    votes = Tally.objects.filter(case__in=wanted.values("pk"), meeting__act__at__lte=until)
    for case, code, agree, attending in votes.order_by().values_list(
        "case_id", "case__round__pack", "agree", "attendance"
    ):
        pack = packs.get(code)
        if pack is None or pack.consent is None:
            continue
        of, over = pack.consent
        if agree * over >= attending * of > (agree - 1) * over:
            yield case


def _surveyed_on_the_meeting_day(cases: QuerySet[Case], until: datetime) -> Iterator[int]:
    same = _sheets(cases, until).filter(
        surveyed_on=F("case__tallies__meeting__held_on"), case__tallies__meeting__act__at__lte=until
    )
    yield from same.order_by().values_list("case_id", flat=True)


def _many_forms_in_an_hour(cases: QuerySet[Case], until: datetime) -> Iterator[int]:
    # A workbook of forms is one act of many: what was entered one by one is asked about.
    alone = _sheets(cases, until).filter(act__count=1).annotate(hour=TruncHour("act__at"))
    by = ("case__commune_id", "reviewer_name", "hour")
    busy = alone.order_by().values(*by).annotate(n=Count("case", distinct=True))
    hours = set(busy.filter(n__gte=IN_AN_HOUR).values_list(*by))
    yield from _of_groups(alone, by, hours)


def _many_households_in_a_day(cases: QuerySet[Case], until: datetime) -> Iterator[int]:
    sheets, by = _sheets(cases, until), ("case__commune_id", "reviewer_name", "surveyed_on")
    busy = sheets.order_by().values(*by).annotate(n=Count("case", distinct=True))
    yield from _of_groups(sheets, by, set(busy.filter(n__gte=IN_A_DAY).values_list(*by)))


def _of_groups(
    sheets: QuerySet[Survey], by: tuple[str, ...], groups: set[tuple[object, ...]]
) -> Iterator[int]:
    """Yield the cases whose sheets are of one of these groups."""
    if groups:
        names = {group[1] for group in groups}
        rows = sheets.filter(reviewer_name__in=names).order_by()
        for case, *group in rows.values_list("case_id", *by):
            if tuple(group) in groups:
                yield case


def _looked_at_again_by_the_same(cases: QuerySet[Case], until: datetime) -> Iterator[int]:
    before = Survey.objects.filter(case=OuterRef("case"), attempt=OuterRef("attempt") - 1)
    again = (
        _sheets(cases, until)
        .filter(kind__in=(Survey.Kind.REVERIFICATION, Survey.Kind.REEXAMINATION))
        .annotate(
            reviewer_before=Subquery(before.values("reviewer_name")[:1]),
            actor_before=Subquery(before.values("act__actor_id")[:1]),
        )
        .filter(Q(reviewer_name=F("reviewer_before")) | Q(act__actor_id=F("actor_before")))
    )
    yield from again.order_by().values_list("case_id", flat=True)


_ASKED: dict[str, Asking] = {
    "at_the_line": _at_the_line,
    "just_enough_votes": _just_enough_votes,
    "surveyed_on_the_meeting_day": _surveyed_on_the_meeting_day,
    "many_forms_in_an_hour": _many_forms_in_an_hour,
    "many_households_in_a_day": _many_households_in_a_day,
    "looked_at_again_by_the_same": _looked_at_again_by_the_same,
}
