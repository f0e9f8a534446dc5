"""
Let the pages of any test be answered as the role that the policies bind.

    python -m pytest -p tests.row_security.as_app tests/pages

What a test does by itself, outside requests, it still does as the superuser: it sets the stage.
"""

from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.client import ClientHandler


@pytest.fixture(autouse=True)
def every_page_as_app(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_as_app(monkeypatch)


def answer_as_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer every request of the test client as the role of the pages."""
    answer = ClientHandler.get_response

    def answered(self: ClientHandler, request: Any) -> Any:
        if connection.vendor != "postgresql":
            return answer(self, request)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f'SET LOCAL ROLE "{settings.APP_ROLE}"')
            response = answer(self, request)
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
            return response

    monkeypatch.setattr(ClientHandler, "get_response", answered)
