"""Headers that tell a browser what it may do, where no package of ours sends them already."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class HeadersMiddleware:
    """Closes the device's features to pages, and pages to other sites."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


def csp_nonce(request: HttpRequest) -> dict[str, Any]:
    """Give templates the nonce under the name that Django 6 uses."""
    return {"csp_nonce": getattr(request, "csp_nonce", "")}
