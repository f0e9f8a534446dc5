"""Signing in and out, a new password, and giving the password again before what is grave."""

from typing import Any, cast

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.models import Login
from allauth.account.views import BaseReauthenticateView
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from workflow.pages.doors import On, View, door
from workflow.pages.person import person
from workflow.sessions import end_sessions

WRONG_PASSWORD = gettext_lazy("Mật khẩu chưa đúng.")


class SignInForm(AuthenticationForm):
    """Name and password, in the words of the house."""

    username = forms.CharField(
        label=gettext_lazy("Tên đăng nhập"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("Mật khẩu"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {
        "invalid_login": gettext_lazy(
            "Tên đăng nhập hoặc mật khẩu chưa đúng. Hãy nhập lại; chữ hoa và chữ thường là khác nhau."
        ),
        "inactive": gettext_lazy("Tài khoản này đã ngừng sử dụng."),
    }


class SignIn(LoginView):
    """The way in; who has a second factor is asked for it next."""

    template_name = "sign_in/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        login = Login(user=form.get_user(), redirect_url=self.get_success_url())
        username = form.cleaned_data["username"]
        return perform_password_login(self.request, {"username": username}, login)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        office = settings.OIDC_NAME if settings.OIDC_URL else ""
        return super().get_context_data(demo_accounts=_demo_accounts(), office=office, **kwargs)


class PasswordForm(forms.Form):
    """One's own password again."""

    password = forms.CharField(
        label=gettext_lazy("Mật khẩu"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        username = person(self.request).username
        if authenticate(self.request, username=username, password=password) is None:
            raise ValidationError(WRONG_PASSWORD, code="incorrect_password")
        return password


class GivePassword(BaseReauthenticateView):
    """Ask for the password again before second factors are changed."""

    form_class = PasswordForm
    template_name = "sign_in/again.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        reauthenticate_by_password(self.request)
        return super().form_valid(form)


class NewPasswordForm(PasswordChangeForm):
    """The old password, and the new one twice; a wrong old one counts as a wrong try to sign in."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.fields["old_password"].label = _("Mật khẩu hiện tại")
        self.fields["new_password1"].label = _("Mật khẩu mới")
        self.fields["new_password2"].label = _("Nhập lại mật khẩu mới")
        self.fields["new_password1"].help_text = _(
            "Ít nhất 12 ký tự; nên là vài từ không liên quan nhau. Không dùng mật khẩu phổ biến."
        )

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.username, password=password) is None:
            raise ValidationError(WRONG_PASSWORD, code="password_incorrect")
        return password


@door("signed in", on=On.OWN)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """Change one's password; every other session of the person ends."""
    user = person(request)
    form = NewPasswordForm(user, request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, user)
        end_sessions(user, but=request.session.session_key)
        messages.success(request, _("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."))
        return redirect("my-sessions")
    return render(request, "sign_in/new_password.html", {"form": form})


def _demo_accounts() -> list[dict[str, str]]:
    if not settings.DEMO:
        return []
    # Imported late: outside a demonstration there are no such accounts to know of.
    from workflow.demo_accounts import demo_accounts

    return demo_accounts()


anybody = door("everyone", on=On.NOTHING, public=True)
oneself = door("signed in", on=On.OWN)
sign_in = anybody(cast(View, SignIn.as_view()))

# The names with account_ and mfa_ are those by which django-allauth finds its own pages.
urlpatterns: list[URLPattern] = [
    path("dang-nhap/", sign_in, name="sign-in"),
    path("dang-nhap/", sign_in, name="account_login"),
    path("dang-xuat/", anybody(require_POST(LogoutView.as_view())), name="sign-out"),
    path(
        "nhap-lai-mat-khau/",
        oneself(cast(View, GivePassword.as_view())),
        name="account_reauthenticate",
    ),
    path("doi-mat-khau/", new_password, name="new-password"),
]
