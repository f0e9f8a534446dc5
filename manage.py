#!/usr/bin/env python
"""Run Ra-soat's commands; `manage.py help` lists them."""

import os
import sys

# These alter tables or what may be done with them: they sign in as the owner (RASOAT_OWNER_DATABASE).
NEED_THE_OWNER = (["migrate"], ["row_security", "--install"], ["erase_person"])


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if any(sys.argv[1 : 1 + len(words)] == words for words in NEED_THE_OWNER):
        os.environ.setdefault("RASOAT_AS_OWNER", "true")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
