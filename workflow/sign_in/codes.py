"""Codes of the second factor: a wrong one counts as a wrong try, and none is taken twice."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy

SALT = "workflow.sign_in.codes"
# A code lives for three half-minutes.
REMEMBERED = 3
USED = "used"


class CodeMixin:
    """Words, delays, and each code once."""

    user: Any
    authenticator: Authenticator
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = gettext_lazy("Mã xác thực")
        code.help_text = gettext_lazy("6 số trên ứng dụng xác thực, hoặc một mã dự phòng.")
        code.widget.attrs = {"autocomplete": "one-time-code", "autocapitalize": "none"}

    def clean_code(self) -> str:
        request, credentials = context.request, {"username": self.user.username}
        if not AxesProxyHandler.is_allowed(request, credentials):
            request.axes_locked_out = True
            raise ValidationError("", code="wait")
        try:
            code: str = super().clean_code()  # type: ignore[misc]
            _use(self.authenticator, code)
        except ValidationError:
            user_login_failed.send(type(self), credentials=credentials, request=request)
            raise
        return code


def _use(factor: Authenticator, code: str) -> None:
    """
    Take a code of a phone once, whatever processes it is sent to at the same time.

    :raises ValidationError: if it has been taken before
    """
    if factor.type != Authenticator.Type.TOTP:
        return  # recovery codes are struck off by their own list
    factor.refresh_from_db()
    before = factor.data.get(USED, "")
    sign = salted_hmac(SALT, f"{factor.pk}:{code.strip()}").hexdigest()[:32]
    signs = [each for each in before.split(",") if each]
    factor.data[USED] = ",".join([sign, *signs][:REMEMBERED])
    unchanged = Authenticator.objects.filter(pk=factor.pk)
    unchanged = (
        unchanged.filter(data__used=before) if before else unchanged.exclude(data__has_key=USED)
    )
    if sign in signs or not unchanged.update(data=factor.data):
        raise ValidationError(
            gettext_lazy("Mã này đã dùng rồi. Hãy chờ mã mới rồi nhập."), code="used_code"
        )


class CodeForm(CodeMixin, AuthenticateForm):
    """The code at the way in."""


class CodeAgainForm(CodeMixin, ReauthenticateForm):
    """The code before what is grave."""
