"""Collect the sentences to translate into locale/en and compile them (`make messages`)."""

import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale/en/LC_MESSAGES/django.po"
LEFT_OUT = (
    ".venv",
    "var",
    "artefacts",
    "bench",
    "deploy",
    "docs",
    "requirements",
    "static",
    "tests",
)
# Nothing that changes by itself: no dates, no names, no tool's version.
HEADER = {
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def main() -> int:
    _collect()
    catalogue = _tidied(polib.pofile(str(CATALOGUE), wrapwidth=100))
    catalogue.save(str(CATALOGUE))
    catalogue.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
    missing = catalogue.untranslated_entries()
    for entry in missing:
        print(f"not translated yet ({entry.occurrences[0][0]}): {entry.msgid}")
    print(f"{CATALOGUE.relative_to(ROOT)}: {len(catalogue)} sentences, {len(missing)} to translate")
    return 1 if missing else 0


def _collect() -> None:
    ignored = [f"--ignore={name}" for name in LEFT_OUT]
    command = ["makemessages", "--locale=en", "--add-location=file", "--no-obsolete", *ignored]
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)


def _tidied(catalogue: polib.POFile) -> polib.POFile:
    """Drop guesses, and put the sentences in the order of the files they stand in."""
    for entry in catalogue:
        # A guess (fuzzy) of gettext is the translation of another sentence.
        if entry.fuzzy:
            entry.flags.remove("fuzzy")
            entry.msgstr = ""
            entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "")
        entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
        entry.occurrences = sorted(set(entry.occurrences))
    catalogue.metadata, catalogue.header, catalogue.metadata_is_fuzzy = dict(HEADER), "", False
    catalogue.sort(key=lambda entry: entry.occurrences[0])
    return catalogue


if __name__ == "__main__":
    sys.exit(main())
