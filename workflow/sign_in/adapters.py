"""What django-allauth asks us: no account is ever made by a page, and what is said is ours."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import User
from workflow.sessions import wall_clock, works_in_the_field
from workflow.sign_in.addresses import client_address
from workflow.sign_in.delays import remember_browser

JUST_NOW = 300  # seconds


class AccountAdapter(DefaultAccountAdapter):
    """Names and passwords."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_password": gettext_lazy("Mật khẩu chưa đúng."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say what was done, in our words."""

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        response = super().post_login(request, user, **kwargs)
        if works_in_the_field(user) and not settings.DEMO:
            messages.info(
                request,
                _(
                    "Sau 30 phút không dùng, phiên sẽ kết thúc. Nếu làm việc ở thôn, hãy đặt mã PIN "
                    "cho máy này trong mục “Phiên đăng nhập”."
                ),
            )
        remember_browser(request, response, user)
        return response

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, str]]:
        """Return the ways to prove oneself again; a passkey is asked for at the way in only."""
        codes = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
        ways = [
            ("account_reauthenticate", _("Dùng mật khẩu"), user.has_usable_password()),
            ("mfa_reauthenticate", _("Dùng mã xác thực"), is_mfa_enabled(user, codes)),
        ]
        return [
            {"id": name, "description": words, "url": reverse(name)}
            for name, words, there in ways
            if there
        ]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just given the password or the code is not asked for it again at once."""
        records = get_authentication_records(context.request, context.request.user)
        return not any(wall_clock().timestamp() - each["at"] < JUST_NOW for each in records)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Codes of a phone, passkeys, recovery codes."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("Mã chưa đúng hoặc đã dùng rồi. Hãy chờ mã mới rồi nhập."),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return _("Rà soát")

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Khóa số %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": _("Rà soát")}


def _cipher() -> MultiFernet:
    """Return the cipher of secrets in the database; a key that was replaced still opens them."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        Fernet(
            base64.urlsafe_b64encode(hashlib.sha256(b"second factor:" + force_bytes(key)).digest())
        )
        for key in keys
    )
