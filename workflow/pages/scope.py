"""A signed-in request is one transaction, in which the database shows that person's units only."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase

from cases import row_security

# The page has answered, and what it wrote before (a refusal, a reading) is to stay.
ANSWERS = (Http404, PermissionDenied)


class StreamedAnswer(Exception):
    """A page would read rows after its transaction, where there are none for it to see."""


class ScopeMiddleware:
    """
    Opens the person's scope around everything that a signed-in request does.

    SQLite has no such scope, and a transaction there would let one request wait for another.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if connection.vendor != "postgresql" or not request.user.is_authenticated:
            return self.get_response(request)
        with row_security.person(request.user):
            response = self.get_response(request)
            _refuse_streams(response)
            # Django has made a page of the exception by now.
            if response.status_code >= 500 or getattr(request, "page_failed", False):
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if not isinstance(exception, ANSWERS):
            request.page_failed = True  # type: ignore[attr-defined]


def _refuse_streams(response: HttpResponseBase) -> None:
    if response.streaming and not isinstance(response, FileResponse):
        raise StreamedAnswer(type(response).__name__)
