"""Papers as PDF files, drawn from a page that holds all it shows."""

from typing import Any

from django.contrib.staticfiles import finders


class NoPrinter(Exception):
    """What draws the pages (Pango) is not on this machine."""


def pdf_of(page: str, sheet: str) -> bytes:
    """
    Return a page as a PDF file, with a style sheet of ours.

    :raises NoPrinter: if pages cannot be drawn here
    """
    try:
        # Imported late: it loads the system's libraries, and these may be missing.
        from weasyprint import CSS, HTML  # type: ignore[import-untyped]
    except OSError as error:
        raise NoPrinter(str(error)) from error
    rules = CSS(filename=finders.find(sheet))
    return bytes(HTML(string=page, url_fetcher=_nothing).write_pdf(stylesheets=[rules]))


def _nothing(url: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Fetch nothing: all that a paper shows is in the page itself."""
    raise ValueError(url)
