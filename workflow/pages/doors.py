"""What stands at the door of every page: the frame's context, and no caching of person data."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class NoStoreMiddleware:
    """Person data is not to be kept by browsers or proxies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give every template the navigation, the version and the demo banner."""
    return {"demo": settings.DEMO}
