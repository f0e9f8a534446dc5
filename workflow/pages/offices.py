"""Offices of a unit: their duties, who belongs to them; opening one, joining and leaving it."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.duties import ROLE_DUTIES, SEATS, Duty, Role
from cases.models import Office, OfficeMember, Unit
from workflow import clock
from workflow.appointing import Place, may_give, planned_end
from workflow.machine.apply import legal_day
from workflow.offices import join_office, leave_office, open_office, planned_member, planned_office
from workflow.pages.doors import On, door
from workflow.pages.forms.appointing import EndForm, MemberForm, OfficeForm
from workflow.pages.holders import (
    duty_titles,
    name_of,
    own_units,
    period,
    role_title,
    roles_to_give,
    unit_or_404,
)
from workflow.pages.person import person
from workflow.pages.second_look import Answers, Deed, Facts, look_twice


@dataclass(frozen=True)
class Listed:
    """An office in the list of a unit's."""

    office: Office
    title: str
    period: str


@dataclass(frozen=True)
class Member:
    """Somebody who belongs or belonged to an office."""

    row: OfficeMember
    period: str
    may_end: bool


@door("office", Duty.VIEW, on=On.UNIT)
@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """List the offices of a unit, also those that are over."""
    day = legal_day(clock.now())
    code = request.GET.get("don-vi") or Unit.objects.get(pk=own_units(person(request))[0]).code
    unit, place = unit_or_404(request, code, Duty.VIEW, day)
    rows = Office.objects.filter(unit=unit).order_by("name")
    context = {
        "unit": unit,
        "name": name_of(unit, day),
        "offices": [
            Listed(row, role_title(row.role), period(row.valid_from, row.valid_until))
            for row in rows
        ],
        "may_open": bool(_roles(request, unit, place)),
        "back": f"{reverse('appointments')}?don-vi={unit.code}",
    }
    return render(request, "workflow/rights/offices.html", context)


@door("office", Duty.APPOINT, on=On.UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def office_new(request: HttpRequest, unit: str) -> HttpResponse:
    """Open an office on a unit."""
    at, by = clock.now(), person(request)
    day = legal_day(at)
    on, place = unit_or_404(request, unit, Duty.APPOINT, day)
    roles = _roles(request, on, place)
    if not roles:
        raise Http404
    form = OfficeForm(day, request.POST or None, roles)

    def do(answers: Answers) -> str:
        opened = open_office(**answers, unit=on, by=by, at=at)
        return _("Đã lập %(name)s.") % {"name": opened.name}

    deed = Deed(
        door="office-new",
        title=_("Lập bộ phận"),
        caption=name_of(on, day),
        button=_("Lập bộ phận"),
        back=_list_of(on),
        section=_("Bộ phận"),
        plan=lambda answers: planned_office(**answers, unit=on, by=by, at=at),
        facts=_facts_of,
        lines=lambda planned: [_("Ai được thêm vào bộ phận thì có mọi việc trên ở đơn vị này.")],
        do=do,
    )
    return look_twice(request, form, deed, at)


@door("office", Duty.VIEW, on=On.UNIT)
@require_safe
def office(request: HttpRequest, number: int) -> HttpResponse:
    """Show an office and who belonged to it, the latest first."""
    day = legal_day(clock.now())
    row, place = _office_or_404(request, number, Duty.VIEW, day)
    may_change = may_give(person(request), Role(row.role), row.unit, place)
    members = row.members.select_related("user").order_by("-valid_from", "-pk")
    context = {
        "office": row,
        "name": name_of(row.unit, day),
        "facts": [{"label": label, "value": value} for label, value in _facts_of(row)],
        "members": [
            Member(
                each,
                period(each.valid_from, each.valid_until),
                may_change and not _is_over(each, day),
            )
            for each in members
        ],
        "may_change": may_change,
        "back": _list_of(row.unit),
    }
    return render(request, "workflow/rights/office.html", context)


@door("office", Duty.APPOINT, on=On.UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def office_member_new(request: HttpRequest, number: int) -> HttpResponse:
    """Let somebody belong to an office."""
    at, by = clock.now(), person(request)
    day = legal_day(at)
    row = _office_to_change_or_404(request, number, day)
    form = MemberForm(day, request.POST or None)

    def do(answers: Answers) -> str:
        member = join_office(office=row, **answers, by=by, at=at)
        return _("Đã thêm %(who)s.") % {"who": member.user.get_full_name()}

    deed = Deed(
        door="office-member-new",
        title=_("Thêm người"),
        caption=row.name,
        button=_("Thêm người"),
        back=reverse("office", args=[row.pk]),
        section=row.name,
        plan=lambda answers: planned_member(office=row, **answers, by=by, at=at),
        facts=_facts_of_member,
        lines=lambda planned: [_("Người này có mọi việc của bộ phận trong những ngày ấy.")],
        do=do,
    )
    return look_twice(request, form, deed, at)


@door("office", Duty.APPOINT, on=On.UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def office_member_end(request: HttpRequest, number: int) -> HttpResponse:
    """End a membership: at once, or after a day."""
    at, by = clock.now(), person(request)
    day = legal_day(at)
    member = _member_or_404(number)
    row = _office_to_change_or_404(request, member.office_id, day)
    form = EndForm(day, request.POST or None)

    def do(answers: Answers) -> str:
        left = leave_office(member, **answers, by=by, at=at)
        return _("Đã ghi thôi giữ: %(who)s.") % {"who": left.user.get_full_name()}

    deed = Deed(
        door="office-member-end",
        title=_("Thôi giữ"),
        caption=row.name,
        lead=member.user.get_full_name(),
        button=_("Ghi thôi giữ"),
        back=reverse("office", args=[row.pk]),
        section=row.name,
        plan=lambda answers: planned_end(_member_or_404(number), **answers, by=by, at=at),
        facts=_facts_of_member,
        lines=lambda planned: [
            _("Quyền hết ngay sau khi ghi; mọi phiên đăng nhập của người này được đóng.")
            if planned.ended_at_once or planned.valid_until <= day
            else _("Quyền tự hết lúc nửa đêm sau ngày cuối cùng; phiên đang mở được đóng.")
        ],
        do=do,
        danger=True,
    )
    return look_twice(request, form, deed, at)


def _office_or_404(
    request: HttpRequest, number: int, duty: Duty, day: date
) -> tuple[Office, Place]:
    row = get_object_or_404(Office.objects.select_related("unit"), pk=number)
    return row, unit_or_404(request, row.unit.code, duty, day)[1]


def _office_to_change_or_404(request: HttpRequest, number: int, day: date) -> Office:
    row, place = _office_or_404(request, number, Duty.APPOINT, day)
    if not may_give(person(request), Role(row.role), row.unit, place):
        raise Http404
    return row


def _member_or_404(number: int) -> OfficeMember:
    return get_object_or_404(OfficeMember.objects.select_related("user", "office__unit"), pk=number)


def _is_over(member: OfficeMember, day: date) -> bool:
    until = member.valid_until
    return member.ended_at_once or (until is not None and until <= day)


def _roles(request: HttpRequest, unit: Unit, place: Place) -> list[Role]:
    """Return the roles that the person may give to an office of the unit: no seats of one person."""
    return [role for role in roles_to_give(person(request), unit, place) if role not in SEATS]


def _list_of(unit: Unit) -> str:
    return f"{reverse('offices')}?don-vi={unit.code}"


def _facts_of(row: Office) -> Facts:
    yield _("Tên bộ phận"), row.name
    yield _("Vai trò"), role_title(row.role)
    yield _("Việc của bộ phận"), "; ".join(duty_titles(ROLE_DUTIES[Role(row.role)]))
    yield _("Thời gian"), period(row.valid_from, row.valid_until)
    yield _("Văn bản"), row.paper


def _facts_of_member(member: OfficeMember) -> Facts:
    yield _("Họ và tên"), member.user.get_full_name()
    yield _("Bộ phận"), member.office.name
    yield _("Thời gian"), period(member.valid_from, member.valid_until)
    yield _("Văn bản"), member.ended_paper or member.paper


urlpatterns: list[URLPattern] = [
    path("bo-phan/", offices, name="offices"),
    path("bo-phan/don-vi/<str:unit>/lap/", office_new, name="office-new"),
    path("bo-phan/<int:number>/", office, name="office"),
    path("bo-phan/<int:number>/them/", office_member_new, name="office-member-new"),
    path("bo-phan/thanh-vien/<int:number>/thoi-giu/", office_member_end, name="office-member-end"),
]
