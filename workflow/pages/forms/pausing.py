"""Stopping the clock of a time limit, and letting it go on."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Act as DoneAct
from cases.models import RunningTerm
from cases.running_terms import may_stand_still, standing_still
from workflow.pages.forms.base import ActForm, PaperField
from workflow.titles import term_title

REASON = forms.Textarea(attrs={"rows": 3})


class ClockForm(ActForm):
    """One term of the round, with the reason and the paper."""

    looked_at_again = True
    sentence: ClassVar[Any] = ""

    which = forms.ChoiceField(label=gettext_lazy("Thời hạn"))
    reason = PaperField(label=gettext_lazy("Lý do"), max_length=500, widget=REASON)
    paper = PaperField(
        label=gettext_lazy("Văn bản"),
        help_text=gettext_lazy("Số, ngày và cơ quan ban hành."),
        max_length=200,
    )

    def terms(self) -> QuerySet[RunningTerm]:
        """Return the open terms that the act can be about."""
        raise NotImplementedError

    def prepare(self) -> None:
        terms = self.terms().select_related("village_review__village", "case")
        self.offered = {str(term.pk): term for term in terms.order_by("ends_on", "pk")}
        choices = [(key, term_in_words(term)) for key, term in self.offered.items()]
        self.field("which").choices = [("", _("Chọn")), *choices]

    def facts(self) -> dict[str, Any]:
        term = self.offered[self.cleaned_data["which"]]
        review = term.village_review if term.case is None else None
        return {
            "term": term.code,
            "village": review.village.code if review else "",
            "case": term.case.code if term.case else "",
            "reason": self.cleaned_data["reason"],
            "paper": self.cleaned_data["paper"],
        }

    def lines(self) -> list[str]:
        return [str(self.sentence)]


class SuspendTermForm(ClockForm):
    code = "suspend_term"
    sentence = gettext_lazy(
        "Từ hôm nay thời hạn không tính ngày nào nữa, đến ngày ghi cho tiếp tục. Ngày cuối tính lại lúc ấy."
    )

    def terms(self) -> QuerySet[RunningTerm]:
        return may_stand_still(self.target.terms, self.day)


class ResumeTermForm(ClockForm):
    code = "resume_term"
    sentence = gettext_lazy(
        "Thời hạn tính tiếp từ hôm nay, kể cả hôm nay nếu là ngày tính. Ngày cuối được tính lại."
    )

    def terms(self) -> QuerySet[RunningTerm]:
        return standing_still(self.target.terms.filter(ended_at__isnull=True))

    def results(self, act: DoneAct) -> dict[str, Any]:
        resumed = RunningTerm.objects.filter(pauses__resumed_by=act).order_by("ends_on")
        self.ends = list(resumed.values_list("ends_on", flat=True))
        return super().results(act)

    def answers(self) -> list[dict[str, Any]]:
        days = ", ".join(f"{day:%d/%m/%Y}" for day in self.ends)
        return [*super().answers(), {"label": _("Ngày cuối tính lại"), "value": days}]


def term_in_words(term: RunningTerm) -> str:
    """Return what a term is of and its last day: "Phúc tra, hộ 24646-00001 (hết ngày 04/10/2024)"."""
    place = ""
    if term.case is not None:
        place = _("hộ %(code)s") % {"code": term.case.code}
    elif term.village_review is not None:
        place = term.village_review.village_name
    title = ", ".join(filter(None, [str(term_title(term.code)), place]))
    return _("%(title)s (hết ngày %(day)s)") % {"title": title, "day": f"{term.ends_on:%d/%m/%Y}"}
