"""The record as people see it: receipts, who read a file, the public check of a code, the banner."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cases import refusals, row_security
from cases.duties import Duty
from cases.ledger.entries import short_digest
from cases.models import Act, Case, Level, User
from cases.permissions import holds_duty, rounds_within_duty
from workflow import clock
from workflow.ledger import readings, watch
from workflow.ledger.printing import NoPrinter, pdf_of
from workflow.ledger.receipts import GIVEN_FOR, Receipt, receipt_of
from workflow.ledger.seal import BadSeal, Seal, read_seal
from workflow.pages.doors import Gives, On, case_or_404, door, held_somewhere
from workflow.pages.person import person
from workflow.sign_in.addresses import counted_address
from workflow.titles import act_title

MAY_READ_COMPLAINANTS = (Duty.RECEIVE_COMPLAINT, Duty.REVERIFY)
READINGS_SHOWN = 200
# Codes that one address may try within ten minutes.
TRIES, TRIES_WITHIN = 30, 600
SHEET = "receipt-paper.css"
# What readers are told of a page; of one that is not here, its name.
PAGE_TITLES = {
    "case": gettext_lazy("Hồ sơ của hộ"),
    "case-act": gettext_lazy("Biểu mẫu một việc"),
    "case-certificate": gettext_lazy("Chứng nhận quy trình"),
    "case-certificate-pdf": gettext_lazy("Chứng nhận quy trình, tệp PDF"),
    "case-certificate-json": gettext_lazy("Chứng nhận quy trình, tệp JSON"),
    "receipt": gettext_lazy("Giấy biên nhận"),
    "receipt-file": gettext_lazy("Giấy biên nhận, tệp PDF"),
    "case-readers": gettext_lazy("Ai đã xem hồ sơ"),
    "audit-case": gettext_lazy("Bàn kiểm tra: hồ sơ của hộ"),
    "find-of-case": gettext_lazy("Bàn kiểm tra: ghi phát hiện"),
    "propose-correction": gettext_lazy("Đề nghị đính chính"),
}


class LedgerMiddleware:
    """Looks whether the record is what was given out, and writes down which files a page opened."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        watch.look_if_due()
        response = self.get_response(request)
        if _shows_something(response) and isinstance(request.user, User):
            page = request.resolver_match.view_name if request.resolver_match else ""
            for noted in readings.noted_in(request):
                readings.record(noted, user=request.user, page=page, at=clock.now())
        return response


def _shows_something(response: HttpResponseBase) -> bool:
    """Test if a page was given out: a redirection, "not found" and a failure show nobody's file."""
    status = response.status_code
    return not 300 <= status < 400 and status != 404 and status < 500


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give every template what stands against writing; costs nothing while nothing does."""
    user = getattr(request, "user", None)
    seen = watch.seen_last()
    if seen is None or user is None or not user.is_authenticated:
        return {}
    context: dict[str, Any] = {}
    if seen.ids:
        rounds = rounds_within_duty(user, Duty.VIEW).filter(commune__in=seen.ids)
        names = dict(rounds.values_list("commune", "commune_name"))
        context["ledger_behind"] = [
            {"name": name, "behind": seen.behind[seen.ids[pk]]} for pk, name in names.items()
        ]
    if seen.full:
        context["ledger_full"] = True
    if (seen.silent or seen.waiting) and _watches_over(user):
        context["ledger_silent"] = {"folder": seen.silent, "waiting": seen.waiting}
    return context


def _watches_over(user: User) -> bool:
    return held_somewhere(user, Duty.AUDIT) or held_somewhere(
        user, Duty.MANAGE_STANDARDS, Level.NATION
    )


@door("office", Duty.VIEW, on=On.CASE)
@require_safe
def receipt(request: HttpRequest, key: str, code: str, number: int) -> HttpResponse:
    """Show the receipt of a request or complaint: what whoever filed it takes home."""
    case = case_or_404(request, key, code)
    made = _receipt_or_404(request, case, number)
    return render(request, "workflow/ledger/receipt.html", {**_about(made), "round": case.round})


@door("office", Duty.VIEW, on=On.CASE, gives=Gives.FILE)
@require_safe
def receipt_file(request: HttpRequest, key: str, code: str, number: int) -> HttpResponse:
    """Give the receipt as a PDF: half a sheet of A4 (A5 landscape would cut some printers' edges)."""
    case = case_or_404(request, key, code)
    context = _about(_receipt_or_404(request, case, number))
    try:
        content = pdf_of(render_to_string("workflow/ledger/receipt_paper.html", context), SHEET)
    except NoPrinter:
        return render(request, "workflow/ledger/no_printer.html", context, status=503)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="bien-nhan-{case.code}-{number}.pdf"'
    return answer


def _receipt_or_404(request: HttpRequest, case: Case, number: int) -> Receipt:
    with_name = any(holds_duty(person(request), duty, case) for duty in MAY_READ_COMPLAINANTS)
    made = receipt_of(case, number, with_name=with_name)
    if made is None:
        raise Http404
    return made


def receipt_url(act: Act) -> str:
    """Return where the receipt of an act is; empty: it gives none, or one to each of several."""
    if act.code not in GIVEN_FOR or act.count != 1:
        return ""
    code = act.events.values_list("case__code", flat=True).get()
    kwargs = {"key": act.round.key, "code": code, "number": act.sequence}
    return reverse("receipt", kwargs=kwargs)


def _about(made: Receipt) -> dict[str, Any]:
    return {
        "made": made,
        "case": made.case,
        "review": made.case.village_review,
        "title": act_title(made.act.code, made.act.pack),
        "here": _("Giấy biên nhận"),
    }


@door("office", Duty.VIEW, on=On.CASE)
@require_safe
def readers(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Show who opened a household's file, when, on which page."""
    case = case_or_404(request, key, code)
    rows = list(readings.of_case(case)[: READINGS_SHOWN + 1])
    context = {
        "case": case,
        "round": case.round,
        "review": case.village_review,
        "here": _("Ai đã xem hồ sơ"),
        "rows": [(row, PAGE_TITLES.get(row.page, row.page)) for row in rows[:READINGS_SHOWN]],
        "cut": len(rows) > READINGS_SHOWN,
    }
    return render(request, "workflow/ledger/readers.html", context)


class SealForm(forms.Form):
    """The code of a paper, as scanned or typed."""

    code = forms.CharField(
        label=gettext_lazy("Mã kiểm tra in trên giấy"),
        help_text=gettext_lazy(
            "Quét mã QR rồi dán vào đây, hoặc gõ dòng mã: 00001/12:ABCD-EFGH-IJKL-MNOP"
        ),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )


@door("everyone", public=True, on=On.NOTHING)
@require_safe
def check_seal(request: HttpRequest) -> HttpResponse:
    """Say whether the record has the head that a paper shows; nothing else."""
    form = SealForm(request.GET or None, label_suffix="")
    if not form.is_valid():
        return render(request, "workflow/ledger/check_seal.html", {"form": form})
    if _too_many(request):
        context = {"form": form, "too_many": True}
        return render(request, "workflow/ledger/check_seal.html", context, status=429)
    try:
        seal: Seal | None = read_seal(form.cleaned_data["code"])
    except BadSeal:
        seal = None
    held = seal is not None and _held(seal)
    if not held:
        told = str(seal) if seal else "?"
        code = "seal_forged" if seal else "seal_unreadable"
        refusals.record(code, door="check-seal", at=clock.now(), detail=told)
    context = {"form": form, "seal": seal, "held": held, "asked": True}
    return render(request, "workflow/ledger/check_seal.html", context, status=200 if held else 404)


def _held(seal: Seal) -> bool:
    with row_security.machine("public"):
        acts = Act.objects.filter(commune__code=seal.commune, sequence=seal.sequence)
        trees = list(acts.values_list("tree", flat=True))
    return [short_digest(bytes(tree)) for tree in trees] == [seal.digest]


def _too_many(request: HttpRequest) -> bool:
    """Count the tries of an address; test if there were too many."""
    key = f"seal-tries:{counted_address(request)}"
    cache.add(key, 0, TRIES_WITHIN)
    try:
        return cache.incr(key) > TRIES
    except ValueError:  # it ran out in between
        return False


urlpatterns: list[URLPattern] = [
    path("kiem-tra/", check_seal, name="check-seal"),
    path("dot/<str:key>/ho/<str:code>/bien-nhan/<int:number>/", receipt, name="receipt"),
    path(
        "dot/<str:key>/ho/<str:code>/bien-nhan/<int:number>/tep.pdf",
        receipt_file,
        name="receipt-file",
    ),
    path("dot/<str:key>/ho/<str:code>/ai-da-xem/", readers, name="case-readers"),
]
