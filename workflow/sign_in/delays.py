"""
Growing delays after wrong tries, computed from what is recorded; nothing is ever locked for good.

Tries are counted three ways (docs/sign-in.md): one account from one address; one address on any
accounts; one account from anywhere. The last two do not hold back a browser in which this person
has signed in before, so that a stranger at another address cannot keep a village head out.
A try made while waiting is recorded but not looked at, and does not make the wait longer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from axes.handlers.base import AbstractAxesHandler, AxesBaseHandler
from axes.helpers import get_client_session_hash
from axes.models import AccessFailureLog, AccessLog
from django.core import signing
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from cases.models import User
from workflow.sessions import wall_clock

LONGEST = timedelta(minutes=30)
DEVICE_COOKIE = "known_here"
DEVICE_SALT = "workflow.sign_in.delays"
DEVICE_AGE = 180 * 24 * 3600
ACCOUNTS_A_BROWSER = 5
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Limit:
    """So many wrong tries are free within this time; each one more doubles the delay."""

    free: int
    within: timedelta


ACCOUNT_AT_ADDRESS = Limit(4, timedelta(days=1))
# An office of dozens may share one address.
ADDRESS = Limit(40, timedelta(hours=1))
# More than one address can reach: it waits for its own delays long before.
ACCOUNT = Limit(80, timedelta(days=1))


def delay_after(failures: int, free: int) -> timedelta:
    """Return how long to wait after so many wrong tries: 1, 2, 4 ... at most 30 minutes."""
    over = failures - free
    if over <= 0:
        return timedelta(0)
    return min(timedelta(minutes=2 ** min(over - 1, 10)), LONGEST)


def waits_until(request: HttpRequest, username: str) -> datetime | None:
    """Return until when tries on this account are not looked at here; None: they are."""
    now = wall_clock()
    name, address = _recorded_name(username), request.axes_ip_address  # type: ignore[attr-defined]
    tries = AccessFailureLog.objects.filter(locked_out=False)
    here = tries.filter(username=name, ip_address=address)
    last = AccessLog.objects.filter(username=name, ip_address=address).aggregate(
        at=Max("attempt_time")
    )["at"]
    ends = [_end(here.filter(attempt_time__gt=last) if last else here, ACCOUNT_AT_ADDRESS, now)]
    if not _signed_in_before(request, username):
        ends.append(_end(tries.filter(ip_address=address), ADDRESS, now))
        ends.append(_end(tries.filter(username=name), ACCOUNT, now))
    return max((end for end in ends if end and end > now), default=None)


def _end(tries: QuerySet[AccessFailureLog], limit: Limit, now: datetime) -> datetime | None:
    counted = tries.filter(attempt_time__gt=now - limit.within).aggregate(
        number=Count("pk"), last=Max("attempt_time")
    )
    if not counted["number"]:
        return None
    end: datetime = counted["last"] + delay_after(counted["number"], limit.free)
    return end


def _recorded_name(username: str) -> str:
    """Return the account's name; of what is no account a digest (people type passwords there)."""
    if User.objects.filter(username=username).exists():
        return username
    return f"?{salted_hmac(DEVICE_SALT, username).hexdigest()[:32]}"


def _accounts_of_browser(request: HttpRequest) -> list[int]:
    """Return who has signed in in this browser, as its signed cookie says."""
    try:
        known = signing.loads(
            request.COOKIES.get(DEVICE_COOKIE, ""), salt=DEVICE_SALT, max_age=DEVICE_AGE
        )
    except signing.BadSignature:
        return []
    return [int(pk) for pk in known]


def _signed_in_before(request: HttpRequest, username: str) -> bool:
    accounts = _accounts_of_browser(request)
    return bool(accounts) and User.objects.filter(pk__in=accounts, username=username).exists()


def remember_browser(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let this browser be known as one in which the person has signed in."""
    accounts = [user.pk, *(pk for pk in _accounts_of_browser(request) if pk != user.pk)]
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps(accounts[:ACCOUNTS_A_BROWSER], salt=DEVICE_SALT),
        max_age=DEVICE_AGE,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def forget_old_tries() -> int:
    """Delete what was recorded of tries and sign-ins longer than 90 days ago."""
    before = wall_clock() - KEPT
    rows = (AccessFailureLog, AccessLog)
    return sum(model.objects.filter(attempt_time__lt=before).delete()[0] for model in rows)


def too_many(
    request: HttpRequest, original: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Say when to try again; the same words for accounts that exist and that do not."""
    until = getattr(request, "wait_until", None) or wall_clock() + timedelta(minutes=1)
    seconds = max(1, ceil((until - wall_clock()).total_seconds()))
    shown = {"until": until, "minutes": ceil(seconds / 60)}
    response = render(request, "sign_in/wait.html", shown, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


class Delays(AbstractAxesHandler, AxesBaseHandler):
    """What django-axes asks before a password is looked at, and tells afterwards."""

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        username = (credentials or {}).get("username") or ""
        request.wait_until = waits_until(request, username)
        return request.wait_until is not None

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        raise NotImplementedError("delays follow the time of the last try, not a number alone")

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any
    ) -> None:
        if request is None:
            raise TypeError("a wrong try comes with a request, or it could not be counted")
        username = credentials.get("username") or ""
        AccessFailureLog.objects.create(
            **_seen(request), username=_recorded_name(username), locked_out=request.axes_locked_out
        )
        request.axes_locked_out = self.is_locked(request, credentials)

    def user_logged_in(self, sender: Any, request: Any, user: User, **kwargs: Any) -> None:
        AccessLog.objects.create(
            **_seen(request), username=user.username, session_hash=get_client_session_hash(request)
        )

    def user_logged_out(self, sender: Any, request: Any, user: User | None, **kwargs: Any) -> None:
        if user is not None:
            AccessLog.objects.filter(
                username=user.username,
                logout_time=None,
                session_hash=get_client_session_hash(request),
            ).update(logout_time=wall_clock())


def _seen(request: Any) -> dict[str, Any]:
    return {
        "ip_address": request.axes_ip_address,
        "user_agent": request.axes_user_agent,
        "http_accept": request.axes_http_accept,
        "path_info": request.axes_path_info,
    }
