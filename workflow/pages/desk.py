"""The desk: the language, what one owes, and the demonstration's clock."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from cases.models.calendars import NoCalendar, current_calendar
from cases.rules.packs import PACKS
from cases.rules.terms import next_working_day
from notifications.notices import mark_read
from workflow import clock
from workflow import inbox as dues
from workflow.machine.apply import legal_day
from workflow.pages.doors import On, door
from workflow.pages.person import person
from workflow.pages.progress import deadlines, shown_deadline
from workflow.pages.way_back import page_of_ours
from workflow.timers import fire_due

DEADLINES_SHOWN = 10
NOTICES_SHOWN = 10
DUE_SOON = timedelta(days=3)
# Before the first procedure there is nothing to show, and clocks end at the year 9999.
FIRST_DEMO_DAY = min(pack.in_force_from for pack in PACKS.values())
LAST_DEMO_DAY = date(2099, 12, 31)
# The clock is put to the morning, when offices open.
OFFICE_OPENS = time(8)


@door("signed in", on=On.OWN)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What the signed-in person owes, the overdue first, then by date."""
    at = clock.now()
    day = legal_day(at)
    user = person(request)
    owed = dues.owed(user, at)
    told = dues.notices(user, NOTICES_SHOWN)
    if unread := [notice.pk for notice in told if not notice.read]:
        mark_read(user.pk, unread, at)  # "mới" is shown once
    terms = deadlines(user)[:DEADLINES_SHOWN]
    return render(
        request,
        "workflow/inbox.html",
        {
            "tasks": [_task(one, day) for one in sorted(owed, key=_urgency)],
            "deadlines": [shown_deadline(term, day) for term in terms],
            "notices": told,
            "today": day,
        },
    )


@door("signed in", on=On.NOTHING)
@require_POST
def demo_clock(request: HttpRequest) -> HttpResponse:
    """Move the demonstration's clock to a morning; there is no such page outside it."""
    if not settings.DEMO:
        raise Http404
    try:
        morning = _morning_asked_for(request, legal_day(clock.now()))
    except NoCalendar as error:
        messages.error(request, str(error))
        return redirect(_way_back(request))
    if morning and not FIRST_DEMO_DAY <= morning.date() <= LAST_DEMO_DAY:
        messages.error(
            request,
            _("Bản trình diễn chỉ có quy trình từ ngày %(first)s đến ngày %(last)s.")
            % {
                "first": date_format(FIRST_DEMO_DAY, "SHORT_DATE_FORMAT"),
                "last": date_format(LAST_DEMO_DAY, "SHORT_DATE_FORMAT"),
            },
        )
    elif morning is None:
        messages.error(request, _("Chưa chọn ngày để chuyển đồng hồ đến."))
    else:
        clock.set_demo_clock(morning)
        fire_due(clock.now())  # no cron ticks in a demonstration
        messages.success(
            request,
            _("Đồng hồ của bản trình diễn đã chuyển đến %(day)s.")
            % {"day": date_format(morning, "SHORT_DATETIME_FORMAT")},
        )
    return redirect(_way_back(request))


def _morning_asked_for(request: HttpRequest, today: date) -> datetime | None:
    to = request.POST.get("to")
    day: date | None = None
    if to == "next-day":
        day = today + timedelta(days=1)
    elif to == "next-working-day":
        day = next_working_day(today, current_calendar())
    elif to == "day":
        day = _date_of(request.POST.get("day", ""))
    return timezone.make_aware(datetime.combine(day, OFFICE_OPENS)) if day else None


def _date_of(text: str) -> date | None:
    try:
        return forms.DateField().clean(text)
    except ValidationError:
        return None


def _way_back(request: HttpRequest) -> str:
    return page_of_ours(request, request.POST.get("next", "")) or "inbox"


def _urgency(owed: dues.Owed) -> tuple[bool, date]:
    return not owed.overdue, owed.due_on or date.max


def _task(owed: dues.Owed, day: date) -> dict[str, Any]:
    """Return one thing owed as the task list shows it."""
    status, tone = "", "plain"
    if owed.overdue:
        status, tone = _("Quá hạn"), "bad"
    elif owed.due_on and owed.due_on - day <= DUE_SOON:
        status, tone = _("Sắp đến hạn"), "warn"
    hint = owed.place
    if owed.count:
        hint = _("%(place)s · %(count)d hộ") % {"place": owed.place, "count": owed.count}
    return {
        "title": owed.title,
        "url": owed.url,
        "hint": hint,
        "due": owed.due_on,
        "status": status,
        "tone": tone,
    }


urlpatterns: list[URLPattern] = [
    path("", inbox, name="inbox"),
    path(
        "ngon-ngu/",
        door("everyone", on=On.NOTHING, public=True)(require_POST(set_language)),
        name="set_language",
    ),
    path("dong-ho/", demo_clock, name="demo-clock"),
]
