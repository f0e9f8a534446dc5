"""
Who must prove twice who they are: by what they know, and by what they carry.

It follows duties in force, not titles: whoever may sign, give an opinion or change the rules, by
whatever appointment, and who administers the machine. Without it such a person opens nothing but
the pages on which it is set up. A session that was not begun with a second factor is no proof.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from cases.duties import Duty
from cases.models import User
from cases.permissions import scope_of

# What chairs of communes and above, provincial departments and the ministry hold, and nobody else.
DUTIES_OF_WEIGHT = frozenset(
    {
        Duty.OPEN_ROUND,
        Duty.SIGN_REPORT,
        Duty.SIGN_DECISION,
        Duty.GIVE_OPINION,
        Duty.MANAGE_STANDARDS,
        Duty.APPOINT,
        Duty.DELEGATE,
    }
)
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# The pages on which it is set up, and the way out.
OPEN_WITHOUT = {
    "second-factor",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "mfa_reauthenticate",
    "account_reauthenticate",
    "unlock",
    "sign-out",
    "set_language",
}


def must_prove_twice(user: User | AnonymousUser) -> bool:
    """Test if the person's duties, or administering the machine, ask for a second factor."""
    if not isinstance(user, User):
        return False
    return user.is_staff or user.is_superuser or bool(scope_of(user).keys() & DUTIES_OF_WEIGHT)


def has_second_factor(user: User) -> bool:
    return bool(get_adapter().is_mfa_enabled(user, FACTORS))


def has_proved_twice(request: HttpRequest) -> bool:
    """Test if this session was opened with a second factor."""
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    return any(record.get("method") == "mfa" for record in records)


def note_proof(request: HttpRequest, factor: str) -> None:
    """Take a second factor that was set up just now, and shown to work, for proof in this session."""
    record_authentication(request, request.user, "mfa", type=factor)  # type: ignore[arg-type]


class SecondFactorMiddleware:
    """Leads who must prove twice, and has not, to where it is done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        # Demonstrations are refused where DEBUG is off: nothing else turns this off.
        if settings.DEMO or not isinstance(request.user, User) or has_proved_twice(request):
            return None
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name in OPEN_WITHOUT or not must_prove_twice(request.user):
            return None
        way = "mfa_reauthenticate" if has_second_factor(request.user) else "second-factor"
        back = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
        answer = redirect_to_login(back, login_url=way)
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": answer.headers["Location"]})
        return answer
