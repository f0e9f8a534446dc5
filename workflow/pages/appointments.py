"""Who holds what on a unit, ever; giving, ending and lending it, each looked at twice."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.duties import Duty
from cases.models import Level, RoleAssignment, Unit, UnitVersion
from workflow import clock
from workflow.appointing import (
    Place,
    appoint,
    delegate,
    end_assignment,
    may_end,
    may_lend,
    place_of,
    planned_appointment,
    planned_end,
    planned_loan,
    substitute,
)
from workflow.machine.apply import legal_day
from workflow.pages.doors import On, door
from workflow.pages.forms.appointing import AppointForm, DelegateForm, EndForm, SubstituteForm
from workflow.pages.holders import (
    SHOWN_BEFORE,
    assignments_of,
    duty_titles,
    lendable,
    name_of,
    names_of,
    own_units,
    period,
    role_title,
    roles_to_give,
    rows_of,
    unit_or_404,
)
from workflow.pages.person import person
from workflow.pages.second_look import Answers, Deed, Facts, look_twice

UNITS_SHOWN = 200


@door("office", Duty.VIEW, on=On.UNIT)
@require_safe
def appointments(request: HttpRequest) -> HttpResponse:
    """Tell who holds what on a unit now, in future and before; with a day, who held what then."""
    user, day = person(request), legal_day(clock.now())
    mine = own_units(user)
    codes = dict(Unit.objects.filter(pk__in=mine[:UNITS_SHOWN]).values_list("pk", "code"))
    unit, place = unit_or_404(request, request.GET.get("don-vi") or codes[mine[0]], Duty.VIEW, day)
    rows = assignments_of(unit).order_by("unit__code", "role", "valid_from", "pk")
    asked = _day_of(request.GET.get("ngay", ""))
    if asked is not None:
        parts = [(_("Vào ngày này"), rows.in_force(asked))]
    else:
        over = Q(valid_until__lte=day) | Q(ended_at_once=True)
        before = rows.filter(over).order_by("-valid_until", "-pk")[:SHOWN_BEFORE]
        parts = [
            (_("Đang giữ"), rows.in_force(day).exclude(ended_at_once=True)),
            (_("Sắp bắt đầu"), rows.filter(valid_from__gt=day).exclude(over)),
            (_("Đã kết thúc"), before),
        ]
    names = names_of({*codes, unit.pk}, day)
    context = {
        "unit": unit,
        "name": names.get(unit.pk, unit.code),
        "parts": [
            {"title": title, "rows": rows_of(some, user, place, day)} for title, some in parts
        ],
        "asked": asked,
        "mine": [(codes[pk], names.get(pk, codes[pk])) for pk in mine if pk in codes],
        "below": _below(unit, day),
        "may_appoint": bool(roles_to_give(person(request), unit, place)),
        "shown_before": SHOWN_BEFORE,
    }
    return render(request, "workflow/rights/list.html", context)


@door("office", Duty.APPOINT, on=On.UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def appointment_new(request: HttpRequest, unit: str) -> HttpResponse:
    """Give a role on a unit to somebody."""
    at, by = clock.now(), person(request)
    day = legal_day(at)
    on, place = unit_or_404(request, unit, Duty.APPOINT, day)
    roles = roles_to_give(person(request), on, place)
    if not roles:
        raise Http404
    form = AppointForm(day, request.POST or None, roles)

    def do(answers: Answers) -> str:
        return _done(appoint(**answers, unit=on, by=by, at=at))

    deed = Deed(
        door="appointment-new",
        title=_("Phân công"),
        caption=name_of(on, day),
        lead=_("Tài khoản do quản trị viên lập; ở đây giao việc cho người đã có tài khoản."),
        button=_("Phân công"),
        back=_list_of(on),
        plan=lambda answers: planned_appointment(**answers, unit=on, by=by, at=at),
        facts=_facts,
        lines=lambda planned: _lines_of_start(planned, day),
        do=do,
    )
    return look_twice(request, form, deed, at)


@door("office", Duty.DELEGATE, on=On.UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def appointment_end(request: HttpRequest, number: int) -> HttpResponse:
    """End what somebody holds: at once, or after a day."""
    at, by = clock.now(), person(request)
    day = legal_day(at)
    row, place = _assignment_or_404(number, day)
    if not may_end(by, row, place):
        raise Http404
    form = EndForm(day, request.POST or None)

    def do(answers: Answers) -> str:
        ended = end_assignment(row, **answers, by=by, at=at)
        return _("Đã ghi thôi giữ: %(who)s.") % {"who": ended.user.get_full_name()}

    deed = Deed(
        door="appointment-end",
        title=_("Thôi giữ"),
        caption=name_of(row.unit, day),
        lead=_who(row),
        button=_("Ghi thôi giữ"),
        back=_list_of(row.unit),
        plan=lambda answers: planned_end(_found(number), **answers, by=by, at=at),
        facts=_facts_of_end,
        lines=lambda planned: _lines_of_end(planned, day),
        do=do,
        danger=True,
    )
    return look_twice(request, form, deed, at)


@door("office", Duty.DELEGATE, on=On.UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def appointment_delegate(request: HttpRequest, number: int) -> HttpResponse:
    """Lend some duties to somebody, by a paper, until a day."""
    at, by = clock.now(), person(request)
    day = legal_day(at)
    row, place = _assignment_or_404(number, day)
    if not may_lend(by, row, place):
        raise Http404
    form = DelegateForm(day, request.POST or None, lendable(row.role))

    def do(answers: Answers) -> str:
        return _done(delegate(row, **answers, by=by, at=at))

    deed = Deed(
        door="appointment-delegate",
        title=_("Ủy quyền"),
        caption=name_of(row.unit, day),
        lead=_who(row),
        button=_("Ủy quyền"),
        back=_list_of(row.unit),
        plan=lambda answers: planned_loan(row, **answers, by=by, at=at),
        facts=_facts,
        lines=lambda planned: _lines_of_start(planned, day),
        do=do,
    )
    return look_twice(request, form, deed, at)


@door("office", Duty.DELEGATE, on=On.UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def appointment_substitute(request: HttpRequest, number: int) -> HttpResponse:
    """Let somebody stand in while the holder is on leave."""
    at, by = clock.now(), person(request)
    day = legal_day(at)
    row, place = _assignment_or_404(number, day)
    if not may_lend(by, row, place):
        raise Http404
    form = SubstituteForm(day, request.POST or None)

    def plan(answers: Answers) -> RoleAssignment:
        planned = planned_loan(row, **answers, paper_until=answers["until"], by=by, at=at)
        planned.kind = RoleAssignment.Kind.SUBSTITUTION
        return planned

    def do(answers: Answers) -> str:
        return _done(substitute(row, **answers, by=by, at=at))

    deed = Deed(
        door="appointment-substitute",
        title=_("Nghỉ phép, làm thay"),
        caption=name_of(row.unit, day),
        lead=_who(row),
        button=_("Cử người làm thay"),
        back=_list_of(row.unit),
        plan=plan,
        facts=_facts,
        lines=lambda planned: _lines_of_start(planned, day),
        do=do,
    )
    return look_twice(request, form, deed, at)


def _found(number: int) -> RoleAssignment:
    rows = RoleAssignment.objects.select_related("user", "unit", "on_behalf_of__user")
    return get_object_or_404(rows, pk=number)


def _assignment_or_404(number: int, day: date) -> tuple[RoleAssignment, Place]:
    row = _found(number)
    return row, place_of(row.unit, day)


def _below(unit: Unit, day: date) -> list[tuple[str, str]]:
    """Return the units right below, by code and name; a village has none."""
    if unit.level == Level.VILLAGE:
        return []
    versions = UnitVersion.objects.in_force(day).filter(parent=unit).order_by("path")
    return list(versions.values_list("unit__code", "name")[:UNITS_SHOWN])


def _day_of(text: str) -> date | None:
    try:
        return forms.DateField(required=False).clean(text)  # type: ignore[no-any-return]
    except ValidationError:
        return None


def _list_of(unit: Unit) -> str:
    return f"{reverse('appointments')}?don-vi={unit.code}"


def _who(row: RoleAssignment) -> str:
    return f"{row.user.get_full_name()}: {role_title(row.role)}, {period(row.valid_from, row.valid_until)}"


def _done(row: RoleAssignment) -> str:
    return _("Đã ghi phân công: %(who)s.") % {"who": row.user.get_full_name()}


def _facts(planned: RoleAssignment) -> Facts:
    yield _("Người được giao"), planned.user.get_full_name()
    yield _("Vai trò"), role_title(planned.role)
    if planned.on_behalf_of is not None:
        yield _("Làm thay cho"), planned.on_behalf_of.user.get_full_name()
        yield _("Việc được giao"), "; ".join(duty_titles(planned.duties_given()))
    yield _("Thời gian"), period(planned.valid_from, planned.valid_until)
    yield _("Văn bản"), planned.paper


def _facts_of_end(planned: RoleAssignment) -> Facts:
    yield _("Người thôi giữ"), planned.user.get_full_name()
    yield _("Vai trò"), role_title(planned.role)
    yield _("Thời gian đã giữ"), period(planned.valid_from, planned.valid_until)
    yield _("Lý do"), planned.get_end_reason_display()
    yield _("Văn bản"), planned.ended_paper


def _lines_of_start(planned: RoleAssignment, day: date) -> list[str]:
    begins = (
        _("Người này làm được việc ngay sau khi ghi, không cần đăng nhập lại.")
        if planned.valid_from <= day
        else _("Đến ngày bắt đầu, quyền tự có; trước ngày ấy chưa làm được gì.")
    )
    lines = [begins]
    if planned.valid_until is not None:
        lines.append(_("Hết ngày cuối cùng, quyền tự hết lúc nửa đêm."))
    if planned.on_behalf_of is not None:
        lines.append(_("Mỗi việc làm thay đều ghi rõ làm thay cho ai."))
        lines.append(_("Việc được giao không giao tiếp được cho người khác."))
    return lines


def _lines_of_end(planned: RoleAssignment, day: date) -> list[str]:
    if planned.valid_until == planned.valid_from:
        lines = [_("Phân công chưa bắt đầu được rút lại; vẫn còn trong lịch sử.")]
    elif planned.ended_at_once or (planned.valid_until and planned.valid_until <= day):
        lines = [_("Quyền hết ngay sau khi ghi; mọi phiên đăng nhập của người này được đóng.")]
    else:
        lines = [_("Quyền tự hết lúc nửa đêm sau ngày cuối cùng; phiên đang mở được đóng.")]
    lines.append(_("Ủy quyền, làm thay từ phân công này cũng hết theo."))
    lines.append(_("Việc đã làm và lịch sử phân công giữ nguyên."))
    return lines


urlpatterns: list[URLPattern] = [
    path("phan-cong/", appointments, name="appointments"),
    path("phan-cong/don-vi/<str:unit>/them/", appointment_new, name="appointment-new"),
    path("phan-cong/<int:number>/thoi-giu/", appointment_end, name="appointment-end"),
    path("phan-cong/<int:number>/uy-quyen/", appointment_delegate, name="appointment-delegate"),
    path("phan-cong/<int:number>/lam-thay/", appointment_substitute, name="appointment-substitute"),
]
