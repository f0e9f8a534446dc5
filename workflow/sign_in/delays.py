"""
Growing delays after wrong tries, computed from what is recorded; nothing is ever locked for good.

Tries are counted three ways (docs/sign-in.md): one account from one address; one address on any
accounts; one account from anywhere. A browser in which this person has signed in before waits for its
own tries alone, so that strangers, even behind the same address, cannot keep a village head out.
A try made while waiting is recorded but not looked at, and does not make the wait longer.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from axes.handlers.base import AbstractAxesHandler, AxesBaseHandler
from axes.helpers import get_client_session_hash
from axes.models import AccessFailureLog, AccessLog
from django.core import signing
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from cases.models import User
from workflow.sessions import wall_clock

log = logging.getLogger("workflow.sign_in")

LONGEST = timedelta(minutes=30)
DEVICE_COOKIE = "known_browser"
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
ACCOUNT_IN_BROWSER = ACCOUNT_AT_ADDRESS
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
    on_account = tries.filter(username=name)
    if browser := _known_browser(request, username):
        ends = [_end(_since_in(on_account, name, http_accept=browser), ACCOUNT_IN_BROWSER, now)]
    else:
        ends = [
            _end(_since_in(on_account, name, ip_address=address), ACCOUNT_AT_ADDRESS, now),
            _end(tries.filter(ip_address=address), ADDRESS, now),
            _end(on_account, ACCOUNT, now),
        ]
    return max((end for end in ends if end and end > now), default=None)


def _since_in(
    tries: QuerySet[AccessFailureLog], name: str, **where: str
) -> QuerySet[AccessFailureLog]:
    """Return the tries made at a place since the account last got in there."""
    last = AccessLog.objects.filter(username=name, **where).aggregate(at=Max("attempt_time"))["at"]
    here = tries.filter(**where)
    return here.filter(attempt_time__gt=last) if last else here


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


@dataclass(frozen=True)
class Browser:
    """What a browser's signed cookie says: a name of its own, and who has signed in in it."""

    name: str
    accounts: list[int]

    @property
    def mark(self) -> str:
        """Return what is recorded of a try in it: it leads back to no cookie."""
        return salted_hmac(DEVICE_SALT, self.name).hexdigest()[:32]


def _browser(request: HttpRequest) -> Browser | None:
    """Return which browser it is; None: nobody has signed in in it."""
    try:
        said = signing.loads(
            request.COOKIES.get(DEVICE_COOKIE, ""), salt=DEVICE_SALT, max_age=DEVICE_AGE
        )
    except signing.BadSignature:
        return None
    return Browser(**said)


def _known_browser(request: HttpRequest, username: str) -> str:
    """Return the mark of a browser in which the person has signed in before; empty: it is none."""
    browser = _browser(request)
    if browser is None:
        return ""
    here = User.objects.filter(pk__in=browser.accounts, username=username)
    return browser.mark if here.exists() else ""


def remember_browser(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let this browser be known as one in which the person has signed in."""
    # The name stays: who signs in as oneself gets no new tries on the others who did so here.
    browser = _browser(request) or Browser(secrets.token_urlsafe(16), [])
    accounts = [user.pk, *(pk for pk in browser.accounts if pk != user.pk)][:ACCOUNTS_A_BROWSER]
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps({"name": browser.name, "accounts": accounts}, salt=DEVICE_SALT),
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

    def reset_attempts(
        self,
        *,
        ip_address: str | None = None,
        username: str | None = None,
        ip_or_username: bool = False,
    ) -> int:
        """Forget the tries on an account or from an address: an administrator lets somebody in."""
        asked = {"ip_address": ip_address, "username": username}
        named = {field: text for field, text in asked.items() if text}
        by = Q(**named, _connector=Q.OR if ip_or_username else Q.AND)
        gone, _by_table = AccessFailureLog.objects.filter(by).delete()
        log.warning("%d wrong tries forgotten for %s", gone, named or "everybody")
        return gone

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
    browser = _browser(request)
    return {
        "ip_address": request.axes_ip_address,
        "user_agent": request.axes_user_agent,
        # What a browser accepts is of no use; which one it was, nobody else can write here.
        "http_accept": browser.mark if browser else "",
        "path_info": request.axes_path_info,
    }
