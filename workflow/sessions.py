"""
Sign-in sessions (phiên đăng nhập): how long they last, which a person has open, and ending them.

Every session of a signed-in person has a row of allauth's `UserSession`; ending deletes the row
and Django's session together, so the next request of that browser finds nobody signed in.

In an office a session ends after 30 minutes unused, and after 12 hours. Who works in villages only
may set a PIN for the device at hand: it is asked after 30 minutes unused, and the session lasts up
to 12 hours unused and 7 days. Ages are real time, whatever the demonstration's clock shows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.duties import ROLE_DUTIES, Duty, Role
from cases.models import Level, User
from cases.permissions import scope_of

# What is kept in the session itself.
LISTED_AS = "listed_as"  # the key under which it stands in the list of the person's sessions
SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"  # seconds
HAS_PIN = "has_pin"
# ... and in its row.
PIN, PIN_TRIES = "pin", "pin_tries"

PIN_AFTER = timedelta(minutes=30)
WRONG_PINS = 5
# Not each page is worth a write: a session may last this much longer than written above.
SEEN_EVERY = timedelta(minutes=1)
FIELD_ROLES = (Role.REVIEWER, Role.VILLAGE_HEAD, Role.MEETING_SECRETARY)
FIELD_DUTIES: frozenset[Duty] = frozenset().union(*(ROLE_DUTIES[role] for role in FIELD_ROLES))
# What a person may open while the PIN is asked for.
OPEN_WHILE_LOCKED = {"unlock", "sign-out", "set_language"}


@dataclass(frozen=True)
class Ages:
    """How long a session lasts unused, and at all."""

    unused: timedelta
    at_all: timedelta


OFFICE = Ages(timedelta(minutes=30), timedelta(hours=12))
FIELD = Ages(timedelta(hours=12), timedelta(days=7))


class Standing(StrEnum):
    """What is to be done with a session at its next request."""

    OPEN = "open"
    LOCKED = "locked"
    OVER = "over"


def wall_clock() -> datetime:
    """Return the real time: sessions and delays age by it, whatever the demonstration's clock shows."""
    return timezone.now()


def works_in_the_field(user: User) -> bool:
    """Test if all the person's duties are those of villages, on villages."""
    scope = scope_of(user)
    levels = {level for granted in scope.values() for level in granted}
    return levels == {Level.VILLAGE} and scope.keys() <= FIELD_DUTIES


def standing(session: Any, user: User, at: datetime) -> Standing:
    """Return what a session has come to by its age."""
    now = at.timestamp()
    age = timedelta(seconds=now - session[SIGNED_IN_AT])
    unused = timedelta(seconds=now - session[SEEN_AT])
    if age <= OFFICE.at_all and unused <= OFFICE.unused:
        return Standing.OPEN
    if not session.get(HAS_PIN) or not works_in_the_field(user):
        return Standing.OVER
    if age > FIELD.at_all or unused > FIELD.unused:
        return Standing.OVER
    return Standing.LOCKED if unused > PIN_AFTER else Standing.OPEN


@transaction.atomic
def end_sessions(user: User, *, but: str | None = None) -> int:
    """
    End all sessions of a person at once, or all but the one with this key; return how many.

    For whoever takes rights away (transfer, dismissal, a changed password).
    """
    rows = UserSession.objects.filter(user=user).exclude(session_key=but)
    return _end(list(rows.values_list("session_key", flat=True)))


def end_session(user: User, pk: int) -> int:
    """End one session of the person; return how many ended (none: it is over, or another's)."""
    rows = UserSession.objects.filter(user=user, pk=pk)
    return _end(list(rows.values_list("session_key", flat=True)))


def forget_dead_sessions() -> int:
    """Delete what is left of sessions that can no longer be used."""
    gone, _by_table = Session.objects.filter(expire_date__lt=wall_clock()).delete()
    alive = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=alive).delete()
    return gone


@transaction.atomic
def _end(keys: list[str]) -> int:
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)


def set_pin(request: HttpRequest, pin: str) -> None:
    """Let the session at hand be unlocked by this PIN; only its hash is kept."""
    row = UserSession.objects.filter(session_key=request.session.session_key)
    row.update(data={PIN: make_password(pin), PIN_TRIES: WRONG_PINS})
    request.session[HAS_PIN] = True


def unlock(request: HttpRequest, pin: str) -> int | None:
    """
    Open the session again if the PIN is right (None); else return how many tries are left.

    The try is taken before the PIN is looked at, so that many tries at once are many tries.
    """
    row = UserSession.objects.filter(session_key=request.session.session_key).first()
    left = row.data.get(PIN_TRIES, 0) if row else 0
    if not row or left <= 0:
        return 0
    mine = UserSession.objects.filter(pk=row.pk, data__pin_tries=left)
    if not mine.update(data={**row.data, PIN_TRIES: left - 1}):
        return 1  # another try came between: this one was not looked at
    if not check_password(pin, row.data[PIN]):
        return int(left) - 1
    UserSession.objects.filter(pk=row.pk).update(data={**row.data, PIN_TRIES: WRONG_PINS})
    _seen(request, wall_clock())
    return None


class SessionsMiddleware:
    """Enters sessions in the list by which they can be ended, and ends or locks what is too old."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _enter(request)
        response = self.get_response(request)
        _enter(request)  # who has just signed in
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        if not isinstance(request.user, User):
            return None
        now = wall_clock()
        found = standing(request.session, request.user, now)
        if found is Standing.OVER:
            return _sent_to(request, settings.LOGIN_URL, end=True)
        if found is Standing.LOCKED:
            name = request.resolver_match.url_name if request.resolver_match else ""
            return None if name in OPEN_WHILE_LOCKED else _sent_to(request, "unlock", end=False)
        if now.timestamp() - request.session[SEEN_AT] > SEEN_EVERY.total_seconds():
            _seen(request, now)
        return None


def _enter(request: HttpRequest) -> None:
    """Enter the session under its key, once; signing in and a new password change the key."""
    session = request.session
    if not request.user.is_authenticated or (
        session.session_key and session.get(LISTED_AS) == session.session_key
    ):
        return
    UserSession.objects.create_from_request(request)
    session[LISTED_AS] = session.session_key
    now = wall_clock().timestamp()
    session.setdefault(SIGNED_IN_AT, now)
    session.setdefault(SEEN_AT, now)


def _seen(request: HttpRequest, at: datetime) -> None:
    request.session[SEEN_AT] = at.timestamp()
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=at)


def _sent_to(request: HttpRequest, name: str, *, end: bool) -> HttpResponse:
    """Lead to the page that opens the way again, and back from there; say what was not recorded."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    if end:
        logout(request)
        messages.info(
            request, _("Phiên đăng nhập đã hết hạn vì lâu không dùng. Xin đăng nhập lại.")
        )
    if request.method not in ("GET", "HEAD"):
        messages.warning(request, _("Việc vừa gửi chưa được ghi. Hãy làm lại sau khi mở phiên."))
    answer = redirect_to_login(back, login_url=name)
    if request.headers.get("HX-Request"):  # a whole page does not fit where a part was asked for
        return HttpResponse(headers={"HX-Redirect": answer.headers["Location"]})
    return answer
