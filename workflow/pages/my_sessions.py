"""One's own sign-in sessions: which are open, ending them, and the PIN of the device at hand."""

import re
from typing import Any

from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflow.pages.doors import On, door
from workflow.pages.person import person
from workflow.pages.way_back import page_of_ours
from workflow.sessions import (
    HAS_PIN,
    Standing,
    end_session,
    end_sessions,
    set_pin,
    standing,
    unlock,
    wall_clock,
    works_in_the_field,
)

PIN_LENGTH = 6
BROWSERS = ("Edg", "OPR", "Coc_Coc", "SamsungBrowser", "Chrome", "Firefox", "Safari")
BROWSER_NAMES = {"Edg": "Edge", "OPR": "Opera", "Coc_Coc": "Coc Coc", "SamsungBrowser": "Samsung"}
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


class PinField(forms.CharField):
    """Six digits, typed on a phone."""

    def __init__(self, **kwargs: Any) -> None:
        digits = {"inputmode": "numeric", "autocomplete": "off", "maxlength": str(PIN_LENGTH)}
        super().__init__(widget=forms.PasswordInput(attrs=digits), **kwargs)

    def clean(self, value: Any) -> str:
        pin = str(super().clean(value))
        if not re.fullmatch(rf"[0-9]{{{PIN_LENGTH}}}", pin):
            raise ValidationError(_("Mã PIN gồm đúng 6 chữ số."), code="not_six_digits")
        return pin


class PinForm(forms.Form):
    """A new PIN, twice."""

    pin = PinField(label=gettext_lazy("Mã PIN mới"), help_text=gettext_lazy("6 chữ số."))
    again = PinField(label=gettext_lazy("Nhập lại mã PIN"))

    def clean_pin(self) -> str:
        pin: str = self.cleaned_data["pin"]
        steps = {(int(b) - int(a)) % 10 for a, b in zip(pin, pin[1:], strict=False)}
        if len(steps) == 1 and steps <= {0, 1, 9}:
            raise ValidationError(_("Mã PIN này quá dễ đoán."), code="easy_to_guess")
        return pin

    def clean(self) -> None:
        if self.cleaned_data.get("pin") != self.cleaned_data.get("again") and not self.errors:
            self.add_error("again", ValidationError(_("Hai lần nhập khác nhau."), code="different"))


class UnlockForm(forms.Form):
    pin = PinField(label=gettext_lazy("Mã PIN"))


@door("signed in", on=On.OWN)
@require_safe
def my_sessions(request: HttpRequest) -> HttpResponse:
    """Return one's open sessions, the one at hand first."""
    user = person(request)
    own = request.session.session_key
    rows = sorted(
        UserSession.objects.purge_and_list(user),
        key=lambda row: (row.session_key == own, row.last_seen_at),
        reverse=True,
    )
    shown = [
        {"row": row, "here": row.session_key == own, "device": device_of(row.user_agent)}
        for row in rows
    ]
    return render(
        request,
        "sign_in/sessions.html",
        {
            "sessions": shown,
            "others": len(rows) - 1,
            "field": works_in_the_field(user),
            "has_pin": request.session.get(HAS_PIN, False),
        },
    )


@door("signed in", on=On.OWN)
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End one of one's sessions, or all others."""
    user, which = person(request), request.POST.get("session", "")
    if which == "others":
        ended = end_sessions(user, but=request.session.session_key)
    elif which.isdecimal() and which.isascii() and len(which) < 19:
        ended = end_session(user, int(which))
    else:
        ended = 0
    if not ended:
        messages.info(request, _("Không còn phiên nào để kết thúc."))
    else:
        messages.success(
            request,
            ngettext(
                "Đã kết thúc %(count)d phiên đăng nhập.",
                "Đã kết thúc %(count)d phiên đăng nhập.",
                ended,
            )
            % {"count": ended},
        )
    return redirect("my-sessions")


@door("field", on=On.OWN)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def pin(request: HttpRequest) -> HttpResponse:
    """Set the PIN of the device at hand; for who works in villages only."""
    if not works_in_the_field(person(request)):
        raise Http404
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        set_pin(request, form.cleaned_data["pin"])
        messages.success(request, _("Đã đặt mã PIN cho máy này."))
        return redirect("my-sessions")
    return render(request, "sign_in/pin.html", {"form": form})


@door("signed in", on=On.OWN)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def unlock_page(request: HttpRequest) -> HttpResponse:
    """Ask for the PIN after half an hour unused; the fifth wrong one ends the session."""
    way_back = _way_back(request)
    if standing(request.session, person(request), wall_clock()) is Standing.OPEN:
        return redirect(way_back)
    form = UnlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        left = unlock(request, form.cleaned_data["pin"])
        if left is None:
            return redirect(way_back)
        if left == 0:
            return _end_for_wrong_pins(request)
        wrong = ngettext(
            "Mã PIN chưa đúng. Còn %(left)d lần.", "Mã PIN chưa đúng. Còn %(left)d lần.", left
        )
        form.add_error("pin", ValidationError(wrong % {"left": left}, code="wrong_pin"))
    return render(request, "sign_in/unlock.html", {"form": form, "next": way_back})


def _end_for_wrong_pins(request: HttpRequest) -> HttpResponse:
    end_sessions_of = UserSession.objects.filter(session_key=request.session.session_key)
    end_sessions_of.delete()
    logout(request)
    messages.warning(request, _("Nhập sai mã PIN 5 lần nên phiên đã kết thúc. Xin đăng nhập lại."))
    return redirect(settings.LOGIN_URL)


def _way_back(request: HttpRequest) -> str:
    to = request.POST.get("next") or request.GET.get("next", "")
    return page_of_ours(request, to) or "/"


def device_of(user_agent: str) -> str:
    """Return browser and system in a few words, as far as the browser says."""
    browser = next((name for name in BROWSERS if f"{name}/" in user_agent), "")
    system = next((name for name in SYSTEMS if name in user_agent), "")
    if not browser:
        return _("Trình duyệt không rõ")
    name = BROWSER_NAMES.get(browser, browser)
    return f"{name} · {system}" if system else name


urlpatterns: list[URLPattern] = [
    path("phien-dang-nhap/", my_sessions, name="my-sessions"),
    path("phien-dang-nhap/ket-thuc/", end, name="end-session"),
    path("ma-pin/", pin, name="pin"),
    path("mo-khoa/", unlock_page, name="unlock"),
]
