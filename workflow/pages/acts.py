"""
The pages of the acts: what an act is, why it is not possible yet, its form, a second look, the deed.

Pages find an object by the duty to view it; whether the person may do the act is asked by the
engine. A key made with the empty form travels with it: sent twice, an act is done once.
"""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from cases.duties import ROLE_DUTIES, ROLE_TITLES, Duty
from cases.models import Act, Case, Round, VillageReview
from cases.rules.incomes import BadIncome, NoIncomeBand
from cases.rules.packs import Act as Declared
from cases.rules.packs import Seat
from cases.rules.packs.model import Mark
from cases.rules.standards import BadScore, MeasureError, NoScoreTable, NoStandardInForce
from workflow import clock
from workflow.acts.registry import BadFact
from workflow.ledger import readings
from workflow.machine.apply import REFUSALS_SHOWN, legal_day
from workflow.machine.refusals import Refusal, Refused
from workflow.pages.doors import (
    On,
    case_or_404,
    door,
    review_or_404,
    round_or_404,
    round_to_take_over_or_404,
)
from workflow.pages.forms import ACTS_ON
from workflow.pages.forms.asking import objections, reasons
from workflow.pages.forms.base import (
    ActForm,
    Target,
    carried,
    households,
    moves_of,
    scope_of_target,
)
from workflow.pages.forms.keeping import HandOverForm
from workflow.pages.forms.listing import OpenRoundForm
from workflow.pages.forms.posting import posting_groups
from workflow.pages.ledger import receipt_url
from workflow.pages.periods import period_of
from workflow.titles import act_title, state_title

# Refusals that a note answers, which is written down with the act.
NOTE_ANSWERS = ("interest_noted", "reviewers_name")


@door("office", Duty.OPEN_ROUND, on=On.UNIT)
def open_round(request: HttpRequest) -> HttpResponse:
    return _serve(request, OpenRoundForm, None)


@door("office", Duty.VIEW, on=On.ROUND)
def round_act(request: HttpRequest, key: str, act: str) -> HttpResponse:
    round = round_or_404(request, key)
    readings.note(request, round)
    return _serve(request, _form_of(Round, act), round)


@door("office", Duty.OPEN_ROUND, on=On.ROUND)
def take_over(request: HttpRequest, key: str) -> HttpResponse:
    """Serve the one act on a round that is still another commune's: taking it over."""
    day = legal_day(clock.now())
    return _serve(request, HandOverForm, round_to_take_over_or_404(request, key, day))


@door("village", Duty.VIEW, on=On.VILLAGE_REVIEW)
def village_act(request: HttpRequest, key: str, village: str, act: str) -> HttpResponse:
    return _serve(request, _form_of(VillageReview, act), review_or_404(request, key, village))


@door("field", Duty.VIEW, on=On.CASE)
def case_act(request: HttpRequest, key: str, code: str, act: str) -> HttpResponse:
    return _serve(request, _form_of(Case, act), case_or_404(request, key, code))


@door("village", Duty.VIEW, on=On.VILLAGE_REVIEW)
def posting_sheet(request: HttpRequest, key: str, village: str) -> HttpResponse:
    """Show the sheet that hangs at the two places: who, and which result; nothing else."""
    review = review_or_404(request, key, village)
    context = {
        "review": review,
        "round": review.round,
        "trail": _trail(review),
        **posting_groups(review),
    }
    return render(request, "workflow/acts/posting_sheet.html", context)


def _form_of(target: type[Target], act: str) -> type[ActForm]:
    try:
        return ACTS_ON[target][act]
    except KeyError as error:
        raise Http404 from error


def _serve(request: HttpRequest, form_class: type[ActForm], target: Target | None) -> HttpResponse:
    """Answer one request to an act's page; `target` None: there is no round yet."""
    at = clock.now()
    by: Any = request.user  # signed in: the door has looked
    if target is not None and form_class.code not in scope_of_target(target).pack.by_code:
        raise Http404  # another review's act
    posted = request.POST if request.method == "POST" else None
    form = form_class(posted, target=target, by=by, at=at)
    against = objections(form.code, target, by=by, at=at) if target else []
    # The form shows the households of its act: first of all, may the person do this here?
    if _no_duty(against):
        return _say_no(request, form, against, len(against))
    if form.is_bound and form.is_valid():
        return _take(request, form)
    # What was typed stays on the page.
    if against and not form.is_bound:
        return _say_no(request, form, against, len(against))
    return _show(request, form)


def _take(request: HttpRequest, form: ActForm) -> HttpResponse:
    """Show complete answers again, take them back for a change, or do the act."""
    step = request.POST.get("step", "")
    if step == "edit":
        return _show(request, form)
    try:
        if form.looked_at_again and step != "do":
            return _look_again(request, form)
        with transaction.atomic():
            form.carry_out()
    except Refused as refused:
        return _say_no(request, form, refused.refusals, refused.total, status=409)
    except BadFact as bad:
        form.add_error(bad.field if bad.field in form.fields else None, _bad_fact(bad))
        return _show(request, form)
    except MeasureError as error:
        form.add_error(None, _measure_sentence(error))
        return _show(request, form)
    return _done(request, form)


def _look_again(request: HttpRequest, form: ActForm) -> HttpResponse:
    """
    Rehearse the act and take it back, so that what is shown is what will happen.

    The law's refusals come now, not after the second yes.
    """
    with transaction.atomic():
        form.carry_out()
        results = form.results(Act.objects.get(idempotency_key=form.cleaned_data["key"]))
        transaction.set_rollback(True)
    context = {
        **_about(form),
        **results,
        "term": form.term(),
        "answers": form.answers(),
        "consequences": form.consequences(),
        "carried": carried(request.POST, form.adds()),
        "warnings": form.warnings(),
    }
    return render(request, "workflow/acts/look_again.html", context)


def _done(request: HttpRequest, form: ActForm) -> HttpResponse:
    act = Act.objects.select_related("round__commune").get(idempotency_key=form.cleaned_data["key"])
    for sentence in form.warnings():
        messages.warning(request, sentence)
    moves = "; ".join(
        f"{households(move['n'])} → {state_title(move['state'])}" for move in moves_of(act)
    )
    parts = [
        _("Đã ghi: %(title)s.") % {"title": act_title(act.code, act.pack)},
        f"{moves}." if moves else "",
        _("Việc số %(sequence)d.") % {"sequence": act.sequence},
    ]
    words = " ".join(filter(None, parts))
    if url := receipt_url(act):
        link = format_html('<a href="{}">{}</a>', url, _("Giấy biên nhận"))
        words = format_html("{} {}", words, link)
    messages.success(request, words)
    return HttpResponseRedirect(_address(form.target or act.round))


def _show(request: HttpRequest, form: ActForm, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = {
        **_about(form),
        "lines": form.lines(),
        "term": form.term(),
        **form.tables(),
        **more,
    }
    return render(request, "workflow/acts/act.html", context, status=status)


def _say_no(
    request: HttpRequest,
    form: ActForm,
    against: list[Refusal],
    total: int,
    status: int = 200,
) -> HttpResponse:
    """Say why not; the form stays below only where changing an answer can help."""
    if any(each.code in NOTE_ANSWERS for each in against):
        form.ask_why_all_the_same()
    refusals = {"reasons": reasons(against), "total": total, "cut": total >= REFUSALS_SHOWN}
    if _no_duty(against):
        return _render_no(request, form, refusals, 403)
    if form.is_bound and not any(each.code == "key_reused" for each in against):
        return _show(request, form, status=status, **refusals)
    return _render_no(request, form, {**form.tables_not_yet(), **refusals}, status)


def _render_no(
    request: HttpRequest, form: ActForm, more: dict[str, Any], status: int
) -> HttpResponse:
    context = {**_about(form), **more}
    return render(request, "workflow/acts/not_yet.html", context, status=status)


def _no_duty(against: list[Refusal]) -> bool:
    return any(each.code == "no_duty" for each in against)


def _about(form: ActForm) -> dict[str, Any]:
    """Return what every page of an act says: what it is, by which article, who may do it, where."""
    declared = form.declared
    target = form.target
    return {
        "form": form,
        "target": target,
        "title": act_title(form.code, form.pack.code),
        "caption": _caption(target),
        "article": declared.source.article,
        "mark": _mark(declared.source.mark),
        "who": _who(declared),
        "evidence": [_(paper) for paper in declared.evidence],
        "trail": _trail(None if form.back else target),
        "back": _address(target) if target and not form.back else reverse("rounds"),
        "round_key": scope_of_target(target).round.key if target else "",
    }


def _mark(mark: Mark) -> dict[str, str]:
    return {
        "S": {"tone": "good", "title": _("đã đối chiếu nguồn")},
        "K": {"tone": "plain", "title": _("chưa đối chiếu toàn văn")},
        "?": {"tone": "warn", "title": _("chưa kiểm chứng")},
    }[mark]


def _who(declared: Declared) -> str:
    roles = [
        _(ROLE_TITLES[role]) for role, duties in ROLE_DUTIES.items() if declared.duty in duties
    ]
    where = {
        Seat.VILLAGE: _("của thôn hoặc của xã"),
        Seat.COMMUNE: _("của xã"),
        Seat.SUPERIOR: _("của đơn vị cấp trên trực tiếp"),
        Seat.KEEPER: _("của đơn vị kế thừa"),
    }[declared.seat]
    return f"{', '.join(roles)} ({where})"


def _caption(target: Target | None) -> str:
    if target is None:
        return ""
    round = scope_of_target(target).round
    place = period_of(round)
    if isinstance(target, VillageReview):
        return f"{target.village_name} · {place}"
    if isinstance(target, Case):
        head = target.household.head_name
        return f"{target.code} {head} · {target.village_review.village_name} · {place}"
    return place


def _address(target: Target) -> str:
    key = scope_of_target(target).round.key
    if isinstance(target, VillageReview):
        return reverse("village", kwargs={"key": key, "village": target.village.code})
    if isinstance(target, Case):
        return reverse("case", kwargs={"key": key, "code": target.code})
    return reverse("round", kwargs={"key": key})


def _trail(target: Target | None) -> list[dict[str, str]]:
    places = [{"title": _("Đợt rà soát"), "url": reverse("rounds")}]
    if target is None:
        return places
    places.append({"title": str(scope := scope_of_target(target).round), "url": _address(scope)})
    if isinstance(target, VillageReview):
        places.append({"title": target.village_name, "url": _address(target)})
    if isinstance(target, Case):
        review = target.village_review
        kwargs = {"key": scope.key, "village": review.village.code}
        places.append({"title": review.village_name, "url": reverse("village", kwargs=kwargs)})
        places.append({"title": target.code, "url": _address(target)})
    return places


def _bad_fact(bad: BadFact) -> str:
    if bad.reason == "taken":
        return _("Số định danh này đã được ghi cho một người khác. Hãy đối chiếu với giấy tờ.")
    return _("Chưa ghi, hoặc không đọc được. Hãy kiểm tra lại ô này.")


def _measure_sentence(error: MeasureError) -> str:
    sentences = {
        NoScoreTable: _("Chuẩn nghèo của đợt này chưa có bảng điểm nên chưa phân loại được."),
        NoStandardInForce: _("Không có chuẩn nghèo nào có hiệu lực vào ngày này."),
        NoIncomeBand: _("Không có mức thu nhập nào có hiệu lực vào ngày này cho loại rà soát này."),
        BadIncome: _("Thu nhập, trợ cấp hoặc số người không hợp lý: trợ cấp nằm trong thu nhập."),
        BadScore: _("Điểm hoặc chỉ số thiếu hụt không đúng với phiếu. Hãy kiểm tra lại."),
    }
    return sentences.get(type(error), _("Chuẩn nghèo của đợt này không phân loại được phiếu này."))


urlpatterns: list[URLPattern] = [
    path("mo-dot/", open_round, name="open-round"),
    path("dot/<str:key>/tiep-nhan/", take_over, name="take-over"),
    path("dot/<str:key>/viec/<slug:act>/", round_act, name="round-act"),
    path("dot/<str:key>/thon/<str:village>/viec/<slug:act>/", village_act, name="village-act"),
    path("dot/<str:key>/ho/<str:code>/viec/<slug:act>/", case_act, name="case-act"),
    path("dot/<str:key>/thon/<str:village>/niem-yet/", posting_sheet, name="posting-sheet"),
]
