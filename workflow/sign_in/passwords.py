"""
Passwords that are known: refused without asking anybody outside.

A password is compared in NFC and lower case, and once more without tones, spaces and signs, so that
"Mật-khẩu 2024!" is the known "matkhau2024". The list is a file, one a line, plain or gzip; an
office may put its own in its place (docs/sign-in.md).
"""

import gzip
import unicodedata
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases.names import fold

LIST = Path(__file__).resolve().parent / "known_passwords.txt.gz"
# What is left of a password without signs says something only if there is enough of it.
SHORTEST = 8


def spelled(password: str) -> str:
    """Return a password as the list spells it."""
    return unicodedata.normalize("NFC", password).casefold()


def squeezed(password: str) -> str:
    """Return letters and digits only, without tones."""
    return "".join(char for char in fold(password) if char.isalnum())


@lru_cache(maxsize=2)
def known(path: Path) -> frozenset[str]:
    """Return the passwords of a list, as spelled and squeezed; read once a process."""
    packed = path.suffix == ".gz"
    text = (gzip.decompress(path.read_bytes()) if packed else path.read_bytes()).decode()
    lines = [line for line in text.splitlines() if line]
    return frozenset(map(spelled, lines)) | {
        key for key in map(squeezed, lines) if len(key) >= SHORTEST
    }


def is_known(password: str) -> bool:
    found = known(settings.KNOWN_PASSWORDS or LIST)
    return spelled(password) in found or squeezed(password) in found


class KnownPasswordValidator:
    """Refuses what is on the list."""

    def validate(self, password: str, user: object = None) -> None:
        if is_known(password):
            raise ValidationError(
                _(
                    "Mật khẩu này nhiều người dùng, dễ bị đoán. "
                    "Hãy dùng vài từ không liên quan nhau, không kèm năm hay tên địa phương."
                ),
                code="known_password",
            )

    def get_help_text(self) -> str:
        return _("Mật khẩu không được nằm trong danh sách mật khẩu nhiều người dùng.")
