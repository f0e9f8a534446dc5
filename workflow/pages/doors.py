"""
The doors of the site: who may open a page, and what every page's frame shows.

Every view is wrapped by `door`, which names its audience, the duty it reads its objects by, what
that duty is read against, and what the page gives out; a test walks the addresses and fails on a
view that does not (docs/doors.md). Objects outside one's duty are "not found": an address tells
nothing about other communes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.duties import Duty
from cases.models import Case, Level, Round, User, VillageReview
from cases.models.rounds import key_parts
from cases.permissions import (
    cases_within_duty,
    rounds_to_take_over,
    rounds_within_duty,
    scope_of,
    village_reviews_within_duty,
)
from workflow.ledger import readings

VERSION = "0.3.0"

View = Callable[..., HttpResponse]

# Who pages are for; a door of any other audience is a slip of the pen.
AUDIENCES = frozenset(
    {"everyone", "signed in", "field", "village", "office", "department", "ministry", "auditor"}
)


class On(StrEnum):
    """What a page's duty is read against: the object it shows, or the objects it lists."""

    NOTHING = "nothing"  # no unit's things: signing in, the language
    OWN = "own"  # what belongs to whoever asks: notices, declarations, uploads
    NATION = "nation"  # tables of the whole nation: the calendar, editions of the procedure
    UNIT = "unit"  # units within the duty: communes, reports, a province's standards
    ROUND = "round"
    VILLAGE_REVIEW = "village review"
    CASE = "case"


class Gives(StrEnum):
    """What leaves by a door; figures and files leave their page, so they are looked at twice."""

    PAGE = "page"
    FIGURES = "figures"
    FILE = "file"


@dataclass(frozen=True)
class Door:
    """
    Who a page is for; `duty` None: anybody who is signed in, or (public) anybody.

    `level`: the duty must have been granted there (what rules the whole nation is the nation's).
    """

    audience: str
    duty: Duty | None
    on: On
    gives: Gives
    public: bool
    level: Level | None


def door(
    audience: str,
    duty: Duty | None = None,
    *,
    on: On,
    gives: Gives = Gives.PAGE,
    public: bool = False,
    level: Level | None = None,
) -> Callable[[View], View]:
    """Declare what a view is; without the duty on any unit the page is not found."""
    declared = Door(audience, duty, on, gives, public, level)

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not public and not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if _has_nul(request, kwargs.values()):
                raise Http404
            if duty is not None and not held_somewhere(request.user, duty, level):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.door = declared  # type: ignore[attr-defined]
        return guarded

    return wrap


def _named(key: str, prefix: str = "") -> dict[str, object]:
    """Return the columns by which rounds with this key are found; what is no key names nothing."""
    parts = key_parts(key)
    if parts is None:
        raise Http404
    return {f"{prefix}{column}": value for column, value in parts.items()}


def held_somewhere(user: User | AnonymousUser, duty: Duty, level: Level | None = None) -> bool:
    """Test if the user holds the duty on any unit; with a level, on one of that level."""
    granted = scope_of(user).get(duty, {})
    return bool(granted.get(level) if level is not None else granted)


def _has_nul(request: HttpRequest, words: Iterable[Any]) -> bool:
    """Test for the one character that PostgreSQL takes in no text; no page's link contains it."""
    asked = (value for _name, values in request.GET.lists() for value in values)
    return any("\0" in str(word) for word in (*words, *asked))


def round_or_404(request: HttpRequest, key: str, duty: Duty = Duty.VIEW) -> Round:
    """Return the round with this key ("2024-24646", "2026tx05-24646") if it is within the duty."""
    rounds = rounds_within_duty(request.user, duty).select_related("commune", "superior")
    return get_object_or_404(rounds, **_named(key))


def review_or_404(
    request: HttpRequest, key: str, village: str, duty: Duty = Duty.VIEW
) -> VillageReview:
    """Return the review of a village in a round if it is within the user's duty."""
    reviews = village_reviews_within_duty(request.user, duty).select_related(
        "round__commune", "village"
    )
    found = get_object_or_404(reviews, **_named(key, "round__"), village__code=village)
    readings.note(request, found)
    return found


def case_or_404(request: HttpRequest, key: str, code: str, duty: Duty = Duty.VIEW) -> Case:
    """Return the case of a household in a round if it is within the user's duty."""
    cases = cases_within_duty(request.user, duty).select_related(
        "round__commune", "village_review__village", "household"
    )
    found = get_object_or_404(cases, **_named(key, "round__"), code=code)
    readings.note(request, found)
    return found


def round_to_take_over_or_404(request: HttpRequest, key: str, day: date) -> Round:
    """Return the round with this key whose commune has become (part of) one of one's own."""
    rounds = rounds_to_take_over(request.user, day).select_related("commune", "superior")
    return get_object_or_404(rounds, **_named(key))


class NoStoreMiddleware:
    """Person data is not to be kept by browsers or proxies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give every template the navigation, the version and the demo banner."""
    context: dict[str, Any] = {"demo": settings.DEMO, "version": VERSION, "nav": []}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    if settings.DEMO:
        from workflow import clock

        context["demo_clock"] = clock.now()
    duties = scope_of(user)
    entries = [
        ("inbox", _("Việc cần làm"), True),
        ("rounds", _("Đợt rà soát"), Duty.VIEW in duties),
        ("reports", _("Báo cáo"), Duty.READ_REPORTS in duties),
        ("auditing", _("Kiểm tra"), Duty.AUDIT in duties),
        ("imports", _("Nhập tệp Excel"), Duty.IMPORT in duties),
        ("units", _("Thôn, tổ dân phố"), Duty.MANAGE_UNITS in duties),
        ("local-standards", _("Chuẩn của địa phương"), Duty.MANAGE_STANDARDS in duties),
        ("calendar", _("Lịch làm việc"), True),
        ("interests", _("Người có liên quan"), Duty.VIEW in duties),
        ("appointments", _("Phân công"), Duty.VIEW in duties),
        ("packs", _("Quy trình"), held_somewhere(user, Duty.MANAGE_STANDARDS, Level.NATION)),
    ]
    context["nav"] = [
        {"title": title, "url": (url := reverse(name)), "current": request.path == url}
        for name, title, shown in entries
        if shown
    ]
    return context
