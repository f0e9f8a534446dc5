"""
Accounts of an office's own identity provider (OpenID Connect), when the settings name one.

Only who an officer has linked gets in, by the provider's subject: it is never given to another
person, as names and addresses are. No account is ever made, and nothing else of the provider's
answer is kept. The signature is always checked: django-allauth leaves that out for answers that came
from the provider directly, and trusts the road alone.
"""

from typing import Any, NoReturn

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cases import refusals
from workflow import clock

PROVIDER = "don-vi"
# Keys of the provider only: a token must not say that it was signed with the shared secret, or not at all.
ALGORITHMS = [f"{kind}{size}" for kind in ("RS", "PS", "ES") for size in (256, 384, 512)]
CLOCKS_APART = 60  # seconds


class OfficeAdapter(OpenIDConnectOAuth2Adapter):
    """Asks the provider, and believes what it has signed."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, PROVIDER)

    def get_provider(self) -> "OfficeProvider":
        return OfficeProvider(self.request, app=_application())

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("office-callback"))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any
    ) -> Any:
        subject = self._decode_id_token(app, kwargs["response"].get("id_token") or "")["sub"]
        return self.get_provider().sociallogin_from_response(
            request, {"id_token": {"sub": subject}}
        )

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """
        Return what the token says.

        :raises OAuth2Error: if the provider did not sign it, for us, and just now
        """
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = answer.json()
        try:
            key = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(id_token).get("kid", "")]
            said: dict[str, Any] = jwt.decode(
                id_token,
                key.key,
                algorithms=[key.algorithm_name] if key.algorithm_name in ALGORITHMS else [],
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=CLOCKS_APART,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise OAuth2Error("the token of the provider is not to be believed") from error
        if said.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("the token was made for another application")
        return said


class OfficeProvider(OpenIDConnectProvider):
    oauth2_adapter_class = OfficeAdapter

    def get_oauth2_adapter(self, request: HttpRequest) -> OfficeAdapter:
        return OfficeAdapter(request)


class OfficeAccounts(DefaultSocialAccountAdapter):
    """Lets in who is linked; says no to all others on one page."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if not sociallogin.is_existing:
            refuse(request, "person_not_linked", subject=sociallogin.account.uid)
        if not sociallogin.user.is_active:
            refuse(request, "account_closed")

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, **kwargs: Any
    ) -> None:
        refuse(request, "provider_not_believed" if kwargs.get("exception") else "provider_said_no")


def refuse(request: HttpRequest, code: str, subject: str = "") -> NoReturn:
    """
    Write down that the way of an office's accounts was closed, and say why.

    The person sees the provider's name for them: whoever links accounts needs it.
    """
    refusals.record(code, door="office-callback", at=clock.now())
    shown = {"code": code, "subject": subject, "office": settings.OIDC_NAME}
    raise ImmediateHttpResponse(render(request, "sign_in/refused.html", shown, status=403))


def refusal_page(request: HttpRequest, code: str) -> HttpResponse:
    """Return the page of `refuse`, where no exception is awaited."""
    try:
        refuse(request, code)
    except ImmediateHttpResponse as answer:
        response: HttpResponse = answer.response
        return response


def _application() -> SocialApp:
    if not settings.OIDC_URL:
        raise Http404
    return SocialApp(
        provider=OpenIDConnectProvider.id,
        provider_id=PROVIDER,
        name=settings.OIDC_NAME,
        client_id=settings.OIDC_CLIENT,
        secret=settings.OIDC_SECRET,
        settings={
            "server_url": settings.OIDC_URL,
            "oauth_pkce_enabled": True,
            "scope": ["openid"],
        },
    )
