"""
Cross-checks before a table can be sent up: questions with names, in plain words.

Figures are derived from cases, so most of these cannot fail; when one does, cases are broken or
undecided, and the officer reads it above the table and not in a letter from the district.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.reports.forms import Tally

LEAST_OF_A_POOR_HOUSEHOLD = 3  # deprivations: NĐ 07/2021/NĐ-CP, Điều 3


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that failed: its code, the forms it speaks of, the unit, and a sentence."""

    code: str
    forms: tuple[int, ...]
    unit_code: str
    sentence: str


def check_unit(code: str, name: str, tally: Tally) -> Iterator[Finding]:
    """Yield what is wrong with the figures of one unit."""
    for broken, sentence in _failures(tally):
        check, forms = broken
        yield Finding(check, forms, code, f"{name}: {sentence}")


def check_sum(code: str, parts: Mapping[str, Tally], total: Tally) -> Iterator[Finding]:
    """Yield the forms in which the rows do not add up to the whole, which is counted by itself."""
    poor = sum((t.poor for t in parts.values()), start=type(total.poor)())
    near_poor = sum((t.near_poor for t in parts.values()), start=type(total.near_poor)())
    lack = sum((t.deprivations for t in parts.values()), start=type(total.deprivations)())
    pairs = {2: (poor, total.poor), 3: (near_poor, total.near_poor), 4: (lack, total.deprivations)}
    for form, (summed, counted) in pairs.items():
        if summed != counted:
            sentence = _("Cộng các dòng không bằng dòng tổng, là số được đếm riêng.")
            yield Finding("SUM_OF_ROWS", (form,), code, sentence)


def _failures(tally: Tally) -> Iterator[tuple[tuple[str, tuple[int, ...]], str]]:
    if tally.pending:
        yield (
            ("PENDING", (2, 3, 4)),
            _("%(count)d hộ chưa có kết quả nên dòng này chưa khép.") % {"count": tally.pending},
        )
    yield from _movement_failures(tally)
    yield from _exchange_failures(tally)
    yield from _deprivation_failures(tally)


def _movement_failures(tally: Tally) -> Iterator[tuple[tuple[str, tuple[int, ...]], str]]:
    for form, line in ((2, tally.poor), (3, tally.near_poor)):
        for unit, movement in ((_("hộ"), line.households), (_("nhân khẩu"), line.persons)):
            if movement.end != movement.formula - movement.pending:
                yield (
                    ("ROW_IDENTITY", (form,)),
                    _(
                        "dòng %(unit)s: cuối kỳ đếm được %(end)d nhưng công thức "
                        "1-2-3-4+5+6+7+8 cho %(formula)d."
                    )
                    % {"unit": unit, "end": movement.end, "formula": movement.formula},
                )
        if line.persons.end < line.households.end:
            yield (
                ("PERSONS_FEWER_THAN_HOUSEHOLDS", (form,)),
                _("số nhân khẩu cuối kỳ (%(persons)d) ít hơn số hộ (%(households)d).")
                % {"persons": line.persons.end, "households": line.households.end},
            )


def _exchange_failures(tally: Tally) -> Iterator[tuple[tuple[str, tuple[int, ...]], str]]:
    poor, near_poor = tally.poor, tally.near_poor
    for unit, two, three in (
        (_("hộ"), poor.households, near_poor.households),
        (_("nhân khẩu"), poor.persons, near_poor.persons),
    ):
        for code, first, second, columns in (
            ("POOR_TO_NEAR_POOR", two.to_other, three.from_other, (2, 5)),
            ("NEAR_POOR_TO_POOR", two.from_other, three.to_other, (5, 3)),
        ):
            if first != second:
                yield (
                    (code, (2, 3)),
                    _(
                        "dòng %(unit)s: biểu 2 cột %(column_2)d là %(first)d nhưng biểu 3 "
                        "cột %(column_3)d là %(second)d."
                    )
                    % {
                        "unit": unit,
                        "column_2": columns[0],
                        "first": first,
                        "column_3": columns[1],
                        "second": second,
                    },
                )


def _deprivation_failures(tally: Tally) -> Iterator[tuple[tuple[str, tuple[int, ...]], str]]:
    lack, end = tally.deprivations, tally.poor.households.end
    if lack.households != end:
        yield (
            ("POOR_IN_FORM_4", (2, 4)),
            _("biểu 2 có %(end)d hộ nghèo cuối kỳ nhưng biểu 4 có %(households)d.")
            % {"end": end, "households": lack.households},
        )
    if lack.total < LEAST_OF_A_POOR_HOUSEHOLD * lack.households:
        yield (
            ("TOO_FEW_DEPRIVATIONS", (4,)),
            _(
                "tổng số thiếu hụt %(total)d ít hơn ba lần số hộ nghèo (%(households)d hộ): có hộ "
                "nghèo thiếu hụt dưới ba chỉ số."
            )
            % {"total": lack.total, "households": lack.households},
        )
    for number, count in enumerate(lack.indicators, start=1):
        if count > lack.households:
            yield (
                ("INDICATOR_OVER_HOUSEHOLDS", (4,)),
                _("chỉ số %(number)d có %(count)d hộ thiếu hụt, nhiều hơn số hộ nghèo.")
                % {"number": number, "count": count},
            )
