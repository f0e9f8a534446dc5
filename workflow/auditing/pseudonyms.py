"""Names that stand for households and officers in one export, and in no other."""

import base64
import hmac
import secrets
from collections import Counter

from django.db.models import Max, QuerySet

from cases.models import Act

SALT = 16
LENGTH = 10  # bytes: 16 letters


class Pseudonyms:
    """
    Replaces names by a keyed hash; the key is made for one export and kept nowhere.

    Two exports cannot be laid side by side, and nobody can try codes against one.
    """

    def __init__(self, *, plain: bool = False) -> None:
        self._salt, self.plain = secrets.token_bytes(SALT), plain

    def household(self, code: str) -> str:
        return self._of("household", code)

    def case(self, round_key: str, code: str) -> str:
        return f"{round_key}/{self.household(code)}"

    def people(self, acts: QuerySet[Act]) -> dict[int, str]:
        """Return what those who did these acts are called, by their accounts: two of one name stay two."""
        named = acts.order_by().values("actor_id", "actor_name").annotate(last=Max("pk"))
        called = dict(named.order_by("last").values_list("actor_id", "actor_name"))
        if not self.plain:
            return {actor: self._of("person", str(actor)) for actor in called}
        bearers = Counter(called.values())
        return {
            actor: name if bearers[name] == 1 else f"{name} #{actor}"
            for actor, name in called.items()
        }

    def _of(self, kind: str, name: str) -> str:
        if self.plain:
            return name
        digest = hmac.digest(self._salt, f"{kind}\n{name}".encode(), "sha256")[:LENGTH]
        return base64.b32encode(digest).decode().lower()
