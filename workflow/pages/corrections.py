"""Proposing a correction of a decision: the first of the two officers that it takes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases import refusals
from cases.duties import Duty
from cases.models import Case, CorrectionProposal
from cases.rules.packs import PACKS
from workflow import clock
from workflow.acts.reconsidering import propose_correction, withdraw_proposal
from workflow.machine.refusals import Refused
from workflow.pages.doors import On, case_or_404, door
from workflow.pages.forms.asking import reasons
from workflow.pages.person import person

ACT = "correct_decision"


class ProposalForm(forms.Form):
    """What in the decision is wrong, and what is right."""

    reason = forms.CharField(
        label=gettext_lazy("Nội dung sai và nội dung đúng"),
        help_text=gettext_lazy(
            "Thí dụ: tên đệm ghi nhầm; theo căn cước là Thị. Kết quả phân loại không đổi."
        ),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@door("office", Duty.RECORD_REQUEST, on=On.CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Ask the chair to correct what a decision says of one household, or take one's proposal back."""
    case = case_or_404(request, key, code, Duty.RECORD_REQUEST)
    if not may_be_corrected(case):
        raise Http404
    by, at = person(request), clock.now()
    standing = open_proposal(case)
    if standing is not None:
        return _standing(request, case, standing)
    form = ProposalForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            propose_correction(case=case, reason=form.cleaned_data["reason"], by=by, at=at)
        except Refused as refused:
            return _say_no(request, refused, {"case": case, "round": case.round, "form": form})
        messages.success(request, _("Đã ghi đề nghị đính chính; người khác ký."))
        return redirect("case", key=key, code=code)
    context = {"case": case, "round": case.round, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "workflow/correction.html", context, status=status)


def _standing(request: HttpRequest, case: Case, standing: CorrectionProposal) -> HttpResponse:
    """Show the proposal that stands; who made it may take it back."""
    own = standing.proposed_by_id == person(request).pk
    context = {"case": case, "round": case.round, "standing": standing, "own": own}
    if request.method == "POST" and own and "withdraw" in request.POST:
        try:
            withdraw_proposal(proposal=standing, at=clock.now())
        except Refused as refused:
            return _say_no(request, refused, context)
        messages.success(request, _("Đã rút đề nghị đính chính."))
        return redirect("case", key=case.round.key, code=case.code)
    return render(request, "workflow/correction.html", context)


def _say_no(request: HttpRequest, refused: Refused, context: dict[str, Any]) -> HttpResponse:
    """Write down that nothing may be written of the commune now, and say why."""
    for each in refused.refusals:
        refusals.record(
            each.code,
            door="propose-correction",
            at=clock.now(),
            user=person(request),
            unit=context["round"].commune_id,
            detail=context["case"].code,
        )
    context |= {"reasons": reasons(refused.refusals)}
    return render(request, "workflow/correction.html", context, status=409)


def may_be_corrected(case: Case) -> bool:
    """Test if a decision on the case stands that its pack lets be corrected."""
    declared = PACKS[case.round.pack].by_code.get(ACT)
    return declared is not None and case.state in declared.sources


def open_proposal(case: Case) -> CorrectionProposal | None:
    """Return the proposal that waits for the chair."""
    proposals = CorrectionProposal.objects.open().filter(case=case)
    return proposals.select_related("proposed_by").first()


urlpatterns: list[URLPattern] = [
    path("dot/<str:key>/ho/<str:code>/de-nghi-dinh-chinh/", propose, name="propose-correction"),
]
