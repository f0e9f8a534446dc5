"""Nothing is taken of a form of which only a part arrived."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

FORM = "application/x-www-form-urlencoded"


class WholeRequestMiddleware:
    """
    Refuse half a form: a line that ends early looks like the form's end.

    Whoever sent it is without an answer and sends it again. Files end with a mark of their own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = request.META.get("CONTENT_LENGTH") or "0"
        if request.content_type == FORM and told.isdigit() and len(request.body) < int(told):
            return HttpResponseBadRequest()
        return self.get_response(request)
