"""The day of a request: rights are asked on the day that the door's clock shows."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from cases.models import OfficeMember, RoleAssignment, User
from cases.permissions import ask_on
from workflow import clock
from workflow.machine.apply import legal_day
from workflow.sessions import SIGNED_IN_AT


class RightsDayMiddleware:
    """
    Says on which day the person's rights are asked, and closes a session that outlived one of them.

    A right that ends by date is gone at midnight by itself; a session from before that midnight is
    closed at its next click, as one is closed at once by a transfer on the day.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User):
            day = legal_day(clock.now())
            ask_on(user, day)
            if _something_ended_since(_signed_in(request, user), user, day):
                logout(request)
        return self.get_response(request)


def _signed_in(request: HttpRequest, user: User) -> datetime | None:
    """Return when this very session began; another device's sign-in moves `last_login` on."""
    began = request.session.get(SIGNED_IN_AT)
    return user.last_login if began is None else datetime.fromtimestamp(began, UTC)


def _something_ended_since(at: datetime | None, user: User, day: date) -> bool:
    """Test if something the person held ended between the sign-in and today; no query on its day."""
    signed_in = legal_day(at) if at else day
    # In the demonstration the day of the sign-in is of another clock.
    if signed_in >= day or settings.DEMO:
        return False
    over = {"user": user, "valid_until__gt": signed_in, "valid_until__lte": day}
    return (
        RoleAssignment.objects.filter(**over).exists()
        or OfficeMember.objects.filter(**over).exists()
    )
