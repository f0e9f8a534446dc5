"""Report, opinion, decision, certificates, answers to those who do not qualify."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from cases.models import Act, HouseholdClass, MonthlyReport, ReviewKind, Round
from workflow.acts.deciding import standing_year
from workflow.pages.forms.base import (
    ActForm,
    ConfirmForm,
    PaperField,
    case_rows,
    class_counts,
    households,
    posted_rows,
)

REASON = forms.CharField(max_length=500, required=False)
OPENING = [
    (HouseholdClass.POOR.value, gettext_lazy("Hộ nghèo đầu kỳ")),
    (HouseholdClass.NEAR_POOR.value, gettext_lazy("Hộ cận nghèo đầu kỳ")),
    ("", gettext_lazy("Ngoài danh sách đầu kỳ")),
]


class NumberedForm(ActForm):
    """A paper with a number."""

    number = PaperField(
        label=gettext_lazy("Số văn bản"),
        help_text=gettext_lazy("Số và ký hiệu của văn bản đã ký."),
        max_length=60,
    )


class SignReportForm(NumberedForm):
    """The commune's report; each figure is counted from the cases, none is typed."""

    code = "sign_report"
    looked_at_again = True
    danger = True
    above = "workflow/acts/movements.html"
    afterwards = "workflow/acts/counted_term.html"

    def tables(self) -> dict[str, Any]:
        return {
            **movements(self.movable()),
            "left": self.target.cases.filter(state="left").count(),
        }


class OpinionForm(NumberedForm):
    """Consent to all but the households that are ticked; each of them with its reason."""

    code = "give_opinion"
    looked_at_again = True
    danger = True
    above = "workflow/acts/movements.html"
    inside = "workflow/acts/questions.html"

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        reasons, self.wrong = read_reasons(self.data)
        ticked = posted_rows(self.data, "question-")
        self.questions = {code: reasons.get(code, "") for code in ticked}
        for code, reason in reasons.items():
            if reason and code not in ticked:
                self.wrong[code] = _("Có lý do mà chưa đánh dấu hộ.")
        for code, sentence in self.wrong.items():
            self.add_error(None, f"{code}: {sentence}")
        return answers

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "questions": self.questions}

    def lines(self) -> list[str]:
        return [
            _("%(n)s đang chờ ý kiến.") % {"n": households(self.movable().count())},
            _("Hộ không đánh dấu: thống nhất. Hộ đánh dấu: xã rà soát lại hộ ấy."),
            _("Cấp trên không sửa được kết quả của hộ nào."),
        ]

    def tables(self) -> dict[str, Any]:
        rows = case_rows(self.movable(), "opening_class", "result_class")
        reasons, ticked = posted_rows(self.data, "reason-"), posted_rows(self.data, "question-")
        for row in rows:
            row["reason"] = reasons.get(row["code"], "")
            row["ticked"] = row["code"] in ticked
            row["wrong"] = getattr(self, "wrong", {}).get(row["code"], "")
        return {"reported": rows, **movements(self.movable())}

    def answers(self) -> list[dict[str, Any]]:
        asked = [
            {"label": _("Chưa thống nhất: hộ %(code)s") % {"code": code}, "value": reason or "—"}
            for code, reason in self.questions.items()
        ]
        others = _("Mọi hộ khác") if asked else _("Mọi hộ")
        return [*super().answers(), *asked, {"label": others, "value": _("Thống nhất")}]


class DecisionForm(NumberedForm):
    """The commune chair's decision, with what the law still wants before it."""

    code = "sign_decision"
    looked_at_again = True
    danger = True
    above = "workflow/acts/decision_above.html"
    not_yet = "workflow/acts/checklist.html"
    button = gettext_lazy("Ký quyết định")

    def tables(self) -> dict[str, Any]:
        return {**self.tables_not_yet(), "lists": _lists(self.target, self.movable())}

    def tables_not_yet(self) -> dict[str, Any]:
        return {} if self.target.month else {"checklist": checklist(self.target)}

    def lines(self) -> list[str]:
        behind = self.scope.cases().filter(state__in=self.declared.leaves_behind).count()
        if not behind:
            return super().lines()
        return [
            *super().lines(),
            _("%(n)s chưa xong các bước trước: để cho một quyết định sau.")
            % {"n": households(behind)},
        ]


class CertificatesForm(ConfirmForm):
    code = "issue_certificates"
    button = gettext_lazy("Ký giấy chứng nhận")
    above = "workflow/acts/class_counts.html"
    danger = True

    def lines(self) -> list[str]:
        return [
            *super().lines(),
            _("Giấy chứng nhận có giá trị cho năm %(year)s.")
            % {"year": standing_year(self.target) + 1},
        ]

    def tables(self) -> dict[str, Any]:
        counts = class_counts(self.movable(), "decided_class")
        return {
            "class_counts": [row for row in counts if row["code"] != HouseholdClass.NOT_POOR],
            "class_total": sum(row["n"] for row in counts),
            "class_caption": _("Hộ được công nhận theo quyết định"),
        }


class SignMonthlyReportForm(NumberedForm):
    """What the month's decisions come to; also the report of a month in which nothing happened."""

    code = "sign_monthly_report"
    looked_at_again = True
    danger = True
    afterwards = "workflow/acts/monthly_report.html"

    def lines(self) -> list[str]:
        return [
            _("Số liệu do hệ thống tính từ các quyết định của đợt; không ai nhập số."),
            _("Tháng không có hộ nào cũng báo cáo, ghi không phát sinh."),
            _("Số liệu được cho xem trước khi ký."),
        ]

    def consequences(self) -> list[str]:
        return [_("Báo cáo được ghi với các số liệu dưới đây; sau đó không đổi được nữa.")]

    def results(self, act: Act) -> dict[str, Any]:
        return report_table(MonthlyReport.objects.get(act=act))


def report_table(report: MonthlyReport) -> dict[str, Any]:
    """Return what the table of a monthly report shows."""
    figures = (
        report.entered_poor,
        report.entered_near_poor,
        report.left_poor,
        report.left_near_poor,
        report.refused,
    )
    return {"report": report, "nothing": not any(figures)}


class RefuseForm(NumberedForm):
    """Written answers to those who asked and do not qualify; each with a reason."""

    code = "refuse"
    looked_at_again = True
    inside = "workflow/acts/refusal_reasons.html"

    reason_all = forms.CharField(
        label=gettext_lazy("Lý do chung"),
        help_text=gettext_lazy("Dùng cho mọi hộ để trống ở bảng dưới."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        given, self.wrong = read_reasons(self.data)
        common = answers.get("reason_all", "")
        self.reasons = {c: reason or common for c, reason in given.items() if reason or common}
        for code, sentence in self.wrong.items():
            self.add_error(None, f"{code}: {sentence}")
        if not answers.get("number"):
            self.add_error("number", _("Ghi số văn bản trả lời."))
        if not self.reasons and not self.wrong:
            self.add_error("reason_all", _("Ghi lý do chung, hoặc lý do của ít nhất một hộ."))
        return answers

    def facts(self) -> dict[str, Any]:
        return {"number": self.cleaned_data["number"], "reasons": self.reasons}

    def lines(self) -> list[str]:
        return [
            _("%(n)s đang chờ trả lời.") % {"n": households(self.movable().count())},
            _("Hộ có lý do được trả lời hôm nay; hộ không có lý do vẫn chờ."),
        ]

    def tables(self) -> dict[str, Any]:
        rows = case_rows(
            self.movable(),
            "income_score",
            "deprivation_score",
            "screen_passed",
            "result_class",
            "basis_paper",
        )
        given = posted_rows(self.data, "reason-")
        for row in rows:
            row["reason"] = given.get(row["code"], "")
            row["wrong"] = getattr(self, "wrong", {}).get(row["code"], "")
        return {"waiting": rows}

    def answers(self) -> list[dict[str, Any]]:
        rows = [{"label": _("Số văn bản"), "value": self.cleaned_data["number"]}]
        return rows + [
            {"label": _("Hộ %(code)s") % {"code": code}, "value": reason}
            for code, reason in self.reasons.items()
        ]


def read_reasons(data: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Return the reasons by household code, and what is wrong with some of them."""
    reasons: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for code, text in posted_rows(data, "reason-").items():
        try:
            reasons[code] = REASON.clean(text)
        except ValidationError as error:
            wrong[code] = " ".join(error.messages)
    return reasons, wrong


def movements(cases: Any) -> dict[str, Any]:
    """Return households and persons by class at the opening and now; derived, never typed."""
    found = {
        (row["opening_class"], row["result_class"]): row["n"]
        for row in cases.order_by().values("opening_class", "result_class").annotate(n=Count("pk"))
    }
    results = list(HouseholdClass)
    rows = [
        {
            "title": title,
            "cells": [
                {"title": result.label, "n": found.get((opening, result.value), 0)}
                for result in results
            ],
            "total": sum(n for (was, _now), n in found.items() if was == opening),
        }
        for opening, title in OPENING
    ]
    totals = [
        {"title": result.label, "n": sum(n for (_was, now), n in found.items() if now == result)}
        for result in results
    ]
    return {
        "movement_rows": rows,
        "movement_totals": totals,
        "movement_total": sum(found.values()),
    }


def checklist(round: Round) -> list[dict[str, Any]]:
    """Return what the law wants before the decision, and how many households still stand against it."""
    states = dict(round.cases.order_by().values_list("state").annotate(n=Count("pk")))
    differing = round.cases.filter(state="consented").exclude(
        ~Q(posted_class=""), result_class=F("posted_class")
    )

    def against(*codes: str) -> int:
        return sum(states.get(code, 0) for code in codes)

    before_posting = (
        "new",
        "requested",
        "listed",
        "screened",
        "surveyed",
        "classified",
        "disagreed",
        "agreed",
    )
    asked: Iterable[tuple[str, int]] = [
        (_("Mọi hộ đã khảo sát, họp dân và niêm yết"), against(*before_posting)),
        (_("Mọi niêm yết đã hết hạn và kết thúc"), against("posted", "reposted")),
        (_("Mọi khiếu nại đã phúc tra và niêm yết lại"), against("contested", "reverified")),
        (_("Mọi hộ đã có trong báo cáo gửi cấp trên"), against("cleared")),
        (_("Cấp trên đã cho ý kiến bằng văn bản"), against("reported")),
        (_("Hộ cấp trên chưa thống nhất đã rà soát lại"), against("objected")),
        (_("Kết quả của từng hộ đúng như đã niêm yết"), differing.count()),
    ]
    return [{"title": title, "n": n, "met": n == 0} for title, n in asked]


def _lists(round: Round, cases: Any) -> list[dict[str, Any]]:
    """Return what the decision would say, by kind of review: each asks another question."""
    if round.kind == ReviewKind.PERIODIC:
        return _of_the_year(cases)
    if round.kind == ReviewKind.AD_HOC:
        return _of_the_month(cases)
    return [{"title": row["title"], "n": row["n"]} for row in class_counts(cases)]


def _of_the_month(cases: Any) -> list[dict[str, Any]]:
    poor, near, none = (cls.value for cls in HouseholdClass)
    entry, leave = Q(basis="REQUEST"), Q(basis="EXIT")
    asked = [
        (_("Công nhận hộ nghèo"), entry & Q(result_class=poor)),
        (_("Công nhận hộ cận nghèo"), entry & Q(result_class=near, opening_class="")),
        (_("Công nhận hộ thoát nghèo"), leave & Q(opening_class=poor, result_class=none)),
        (_("Hộ nghèo thành hộ cận nghèo"), leave & Q(opening_class=poor, result_class=near)),
        (_("Công nhận hộ thoát cận nghèo"), leave & Q(opening_class=near, result_class=none)),
    ]
    counts = cases.aggregate(
        total=Count("pk"), **{f"n{i}": Count("pk", filter=q) for i, (_t, q) in enumerate(asked)}
    )
    rows = [{"title": title, "n": counts[f"n{i}"]} for i, (title, _q) in enumerate(asked)]
    unqualified = pgettext("decision", "Không đủ điều kiện, chờ trả lời bằng văn bản")
    left = counts["total"] - sum(row["n"] for row in rows)
    return [*rows, {"title": unqualified, "n": left}]


def _of_the_year(cases: Any) -> list[dict[str, Any]]:
    poor, near, none = (cls.value for cls in HouseholdClass)
    counts = cases.aggregate(
        poor=Count("pk", filter=Q(result_class=poor)),
        near_poor=Count("pk", filter=Q(result_class=near)),
        escaped_poor=Count("pk", filter=Q(result_class=none, opening_class=poor)),
        escaped_near_poor=Count("pk", filter=Q(result_class=none, opening_class=near)),
        arrived=Count("pk", filter=Q(result_class=none, basis="ARRIVAL", opening_class="")),
        unqualified=Count("pk", filter=Q(result_class=none, basis="REQUEST")),
    )
    rows = [
        (_("Công nhận hộ nghèo"), "poor"),
        (_("Công nhận hộ cận nghèo"), "near_poor"),
        (_("Công nhận hộ thoát nghèo"), "escaped_poor"),
        (_("Công nhận hộ thoát cận nghèo"), "escaped_near_poor"),
        (_("Hộ chuyển đến, không còn nghèo, cận nghèo"), "arrived"),
        (pgettext("decision", "Không đủ điều kiện, chờ trả lời bằng văn bản"), "unqualified"),
    ]
    return [{"title": t, "n": counts[k]} for t, k in rows if counts[k] or k != "arrived"]
