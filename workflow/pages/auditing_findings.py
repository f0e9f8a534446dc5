"""Findings: the auditor's question, the commune's answer, the auditor's conclusion."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cases.duties import Duty
from cases.models import Case, Finding, Round, VillageReview
from cases.models.rounds import key_parts
from cases.permissions import holds_duty, scope_of
from workflow import clock
from workflow.auditing.findings import (
    LONGEST,
    NotYours,
    answer,
    ask_on,
    close,
    find,
    findings_within,
    may_answer,
    may_close,
)
from workflow.pages.doors import On, case_or_404, door, review_or_404, round_or_404
from workflow.pages.person import person

FINDINGS_A_PAGE = 25
SAYINGS = {"answer": answer, "ask_on": ask_on, "close": close}


class TextForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Nội dung"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class FindingForm(TextForm):
    source = forms.ChoiceField(
        choices=Finding.Source.choices, initial="HAND", widget=forms.HiddenInput
    )


class FindingFilter(forms.Form):
    status = forms.ChoiceField(label=gettext_lazy("Tình trạng"), required=False)
    key = forms.CharField(label=gettext_lazy("Đợt rà soát"), required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        choices = [("", _("Mọi tình trạng")), *Finding.Status.choices]
        self.fields["status"].choices = choices  # type: ignore[attr-defined]
        self.fields["key"].help_text = _("Ví dụ 2024-24640.")


@door("office", Duty.VIEW, on=On.ROUND)
@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """List the findings that one may read, the latest first."""
    user = person(request)
    form = FindingFilter(request.GET or None)
    rows: Any = findings_within(user).with_status().select_related("round__commune", "case")
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if status := asked.get("status"):
        rows = rows.filter(status=status)
    if key := asked.get("key"):
        parts = key_parts(key)
        named = {f"round__{name}": value for name, value in (parts or {"pk": 0}).items()}
        rows = rows.filter(**named)
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit():
        rows = rows.filter(pk__lt=min(int(after), 2**62))
    page = list(rows.order_by("-pk")[: FINDINGS_A_PAGE + 1])
    return render(
        request,
        "workflow/auditing/findings.html",
        {
            "form": form,
            "filtered": any(asked.values()),
            "rows": [
                (row, status_tone(row), Finding.Status(row.status).label)
                for row in page[:FINDINGS_A_PAGE]
            ],
            "is_auditor": Duty.AUDIT in scope_of(user),
            "after": page[FINDINGS_A_PAGE - 1].pk if len(page) > FINDINGS_A_PAGE else "",
        },
        status=200 if not form.is_bound or form.is_valid() else 422,
    )


@door("office", Duty.VIEW, on=On.ROUND)
@require_http_methods(["GET", "HEAD", "POST"])
def finding(request: HttpRequest, number: int) -> HttpResponse:
    """Show a finding with all that was said to it, and take what may be said next."""
    user = person(request)
    found = get_object_or_404(
        findings_within(user)
        .with_status()
        .select_related("round__commune", "unit", "case", "village_review__village"),
        pk=min(number, 2**62),
    )
    form = TextForm(request.POST or None)
    status = 200
    if request.method == "POST":
        say = SAYINGS.get(request.POST.get("say", ""))
        if say is None:
            raise Http404
        if form.is_valid():
            try:
                say(found, text=form.cleaned_data["text"], by=user, at=clock.now())
            except NotYours as refused:
                form.add_error(None, forms.ValidationError(_REFUSED, code=refused.code))
            else:
                messages.success(request, _("Đã ghi."))
                return redirect("audit-finding", number=found.pk)
        status = 403 if form.non_field_errors() else 422
    concluded = found.status == Finding.Status.CLOSED
    return render(
        request,
        "workflow/auditing/finding.html",
        {
            "finding": found,
            "status": Finding.Status(found.status).label,
            "tone": status_tone(found),
            "entries": found.entries.order_by("pk"),
            "form": form,
            "may_answer": may_answer(user, found) and not concluded,
            "may_close": may_close(user, found),
            "concluded": concluded,
            "audits": holds_duty(user, Duty.AUDIT, found.round),
        },
        status=status,
    )


@door("auditor", Duty.AUDIT, on=On.ROUND)
@require_http_methods(["GET", "HEAD", "POST"])
def find_of_round(request: HttpRequest, key: str) -> HttpResponse:
    return _entering(request, round_or_404(request, key, Duty.AUDIT), None, None)


@door("auditor", Duty.AUDIT, on=On.VILLAGE_REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def find_of_village(request: HttpRequest, key: str, village: str) -> HttpResponse:
    review = review_or_404(request, key, village, Duty.AUDIT)
    return _entering(request, review.round, review, None)


@door("auditor", Duty.AUDIT, on=On.CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def find_of_case(request: HttpRequest, key: str, code: str) -> HttpResponse:
    case = case_or_404(request, key, code, Duty.AUDIT)
    return _entering(request, case.round, case.village_review, case)


def _entering(
    request: HttpRequest, round: Round, review: VillageReview | None, case: Case | None
) -> HttpResponse:
    """Take a finding; what the bench proposed comes along as its first words."""
    proposed = request.GET.get("source", "HAND")
    initial = {"source": proposed if proposed in Finding.Source.values else "HAND"}
    if initial["source"] == Finding.Source.DIFFERENCE:
        initial["text"] = _(
            "Kết quả họp dân, niêm yết và quyết định khác nhau mà sổ không ghi việc nào làm lý do."
        )
    form = FindingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        found = find(
            round=round,
            village_review=review,
            case=case,
            by=person(request),
            at=clock.now(),
            **form.cleaned_data,
        )
        messages.success(request, _("Đã ghi phát hiện; xã thấy trong việc cần làm."))
        return redirect("audit-finding", number=found.pk)
    subject = case.code if case else review.village_name if review else str(round)
    return render(
        request,
        "workflow/auditing/find.html",
        {"form": form, "round": round, "review": review, "case": case, "subject": subject},
        status=422 if form.is_bound else 200,
    )


def status_tone(finding: Any) -> str:
    return {"OPEN": "warn", "ANSWERED": "plain", "CLOSED": "good"}[finding.status]


_REFUSED = gettext_lazy("Bà/ông không ghi được việc này vào phát hiện.")

urlpatterns: list[URLPattern] = [
    path("ban-kiem-tra/phat-hien/", findings, name="audit-findings"),
    path("ban-kiem-tra/phat-hien/<int:number>/", finding, name="audit-finding"),
    path("ban-kiem-tra/dot/<str:key>/phat-hien/", find_of_round, name="find-of-round"),
    path(
        "ban-kiem-tra/dot/<str:key>/thon/<str:village>/phat-hien/",
        find_of_village,
        name="find-of-village",
    ),
    path("ban-kiem-tra/dot/<str:key>/ho/<str:code>/phat-hien/", find_of_case, name="find-of-case"),
]
