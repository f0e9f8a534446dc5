"""The way in through an office's own identity provider, when the settings name one."""

from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe
from requests import RequestException

from workflow.pages.doors import On, door
from workflow.pages.way_back import page_of_ours
from workflow.sign_in.office import OfficeAdapter, refusal_page


@door("everyone", on=On.NOTHING, public=True)
@require_safe
def office_sign_in(request: HttpRequest) -> HttpResponse:
    """Send the person to the provider; where there is none, the page is not found."""
    to = page_of_ours(request, request.GET.get("next", ""))
    provider = OfficeAdapter(request).get_provider()
    try:
        answer: HttpResponse = provider.redirect(request, process=AuthProcess.LOGIN, next_url=to)
    except (RequestException, KeyError, ValueError):
        return refusal_page(request, "provider_not_there")
    return answer


@door("everyone", on=On.NOTHING, public=True)
@require_safe
def office_callback(request: HttpRequest) -> HttpResponse:
    """Let the person in whom the provider has named, if an officer has linked them."""
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(OfficeAdapter(request))(request)
    except (KeyError, ValueError):  # an answer in no shape that is known
        return refusal_page(request, "provider_not_believed")
    return answer


urlpatterns: list[URLPattern] = [
    path("dang-nhap/don-vi/", office_sign_in, name="office-sign-in"),
    path("dang-nhap/don-vi/tro-lai/", office_callback, name="office-callback"),
]
