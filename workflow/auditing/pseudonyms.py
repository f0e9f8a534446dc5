"""Names that stand for households and officers in one export, and in no other."""

import base64
import hmac
import secrets

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

    def person(self, name: str) -> str:
        return self._of("person", name)

    def _of(self, kind: str, name: str) -> str:
        if self.plain:
            return name
        digest = hmac.digest(self._salt, f"{kind}\n{name}".encode(), "sha256")[:LENGTH]
        return base64.b32encode(digest).decode().lower()
