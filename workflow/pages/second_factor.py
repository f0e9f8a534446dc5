"""Pages of the second factor: the code at the way in, setting factors up, and taking them away."""

import json
from typing import Any, cast

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.base.internal.flows import delete_and_cleanup
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows as recovery
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from workflow.pages.doors import On, View, door
from workflow.pages.person import person
from workflow.sign_in.codes import CodeAgainForm, CodeForm
from workflow.sign_in.second_factor import FACTORS, must_prove_twice, note_proof

APP = "allauth.mfa"


class Code(AuthenticateView):
    """The code of a phone, a passkey or a recovery code, after the password."""

    form_class = CodeForm
    template_name = "sign_in/code.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = super().get_context_data(**kwargs)
        shown["options"] = json.dumps(shown.pop("js_data")["request_options"])
        shown["passkeys"] = is_mfa_enabled(self.stage.login.user, [Authenticator.Type.WEBAUTHN])
        return shown


class CodeAgain(ReauthenticateView):
    """The code once more, before factors are changed or in a session begun without it."""

    form_class = CodeAgainForm
    template_name = "sign_in/again.html"


class AddPhone(ActivateTOTPView):
    """Set up an application that shows codes; it works once a code of it was typed in."""

    template_name = "sign_in/add_phone.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if is_mfa_enabled(person(request), [Authenticator.Type.TOTP]):
            messages.info(
                request, _("Ứng dụng xác thực đã có. Muốn đổi máy thì gỡ ứng dụng cũ trước.")
            )
            return redirect("second-factor")
        return super().dispatch(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["code"].label = _("Mã 6 số trên ứng dụng")
        form.fields["code"].widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        note_proof(self.request, Authenticator.Type.TOTP)
        messages.success(self.request, _("Đã bật ứng dụng xác thực."))
        return answer


class AddPasskey(AddWebAuthnView):
    """Set up a passkey: this device's lock, or a key that is plugged in."""

    template_name = "sign_in/add_passkey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = super().get_context_data(**kwargs)
        shown["options"] = json.dumps(shown.pop("js_data")["creation_options"])
        shown["form"].fields["name"].label = _("Tên để nhận ra khóa này")
        return shown

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        note_proof(self.request, Authenticator.Type.WEBAUTHN)
        messages.success(self.request, _("Đã thêm khóa."))
        return answer


@door("signed in", on=On.OWN)
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Show one's second factors, and why they are asked for."""
    user = person(request)
    own = list(Authenticator.objects.filter(user=user).order_by("pk"))
    codes = next((each for each in own if each.type == Authenticator.Type.RECOVERY_CODES), None)
    factors = [each for each in own if each.type in FACTORS]
    return render(
        request,
        "sign_in/second_factor.html",
        {
            "factors": [
                {"factor": each, "title": _title(each), "removable": _removable(request, factors)}
                for each in factors
            ],
            "has_phone": any(each.type == Authenticator.Type.TOTP for each in factors),
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
            "must": must_prove_twice(user) and not settings.DEMO,
        },
    )


@door("signed in", on=On.OWN)
@require_safe
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show the codes for the day the phone is lost, to be printed."""
    if not Authenticator.objects.filter(user=person(request), type__in=FACTORS).exists():
        raise Http404
    raise_if_reauthentication_required(request, app=APP)
    codes, _may_view = recovery.view_recovery_codes(request)
    left = codes.get_unused_codes() if codes else []
    return render(request, "sign_in/recovery_codes.html", {"codes": left})


@door("signed in", on=On.OWN)
@require_POST
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes; the old ones are worth nothing from then on."""
    if not recovery.can_generate_recovery_codes(person(request)):
        raise Http404
    recovery.generate_recovery_codes(request)
    messages.success(request, _("Đã tạo mã dự phòng mới. Mã cũ không còn dùng được."))
    return redirect("mfa_view_recovery_codes")


@door("signed in", on=On.OWN)
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Take one of one's factors away; who must have one keeps the last."""
    which = request.POST.get("factor", "")
    if not (which.isdecimal() and which.isascii() and len(which) < 19):
        raise Http404
    own = Authenticator.objects.filter(user=person(request), type__in=FACTORS)
    factor = get_object_or_404(own, pk=int(which))
    if not _removable(request, list(own)):
        messages.error(
            request, _("Chức vụ của anh/chị cần xác thực hai bước: hãy thêm cách khác rồi mới gỡ.")
        )
        return redirect("second-factor")
    raise_if_reauthentication_required(request, app=APP)
    delete_and_cleanup(request, factor)
    messages.success(request, _("Đã gỡ."))
    return redirect("second-factor")


def _removable(request: HttpRequest, factors: list[Authenticator]) -> bool:
    return len(factors) > 1 or settings.DEMO or not must_prove_twice(request.user)


def _title(factor: Authenticator) -> str:
    if factor.type == Authenticator.Type.TOTP:
        return _("Ứng dụng xác thực trên điện thoại")
    return _("Khóa: %(name)s") % {"name": factor.wrap().name}


anybody = door("everyone", on=On.NOTHING, public=True)
oneself = door("signed in", on=On.OWN)

# The names with mfa_ are those by which django-allauth finds its own pages.
urlpatterns: list[URLPattern] = [
    path("xac-thuc/ma/", anybody(cast(View, Code.as_view())), name="mfa_authenticate"),
    path("xac-thuc/", second_factor, name="second-factor"),
    path("xac-thuc/", second_factor, name="mfa_index"),
    path("xac-thuc/lai/", oneself(cast(View, CodeAgain.as_view())), name="mfa_reauthenticate"),
    path("xac-thuc/ung-dung/", oneself(cast(View, AddPhone.as_view())), name="mfa_activate_totp"),
    path("xac-thuc/khoa/", oneself(cast(View, AddPasskey.as_view())), name="mfa_add_webauthn"),
    path("xac-thuc/ma-du-phong/", recovery_codes, name="mfa_view_recovery_codes"),
    path("xac-thuc/ma-du-phong/tao-moi/", new_recovery_codes, name="new-recovery-codes"),
    path("xac-thuc/go/", remove, name="remove-factor"),
]
