"""A certificate on paper: A4, in Tinos, with its pages numbered and the seal of the record."""

from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from cases.ledger.entries import short_digest
from workflow.ledger.certificate import Certificate, Step
from workflow.ledger.certificate_road import RESULT_TITLES

SHEET = "certificate-paper.css"


class NoPrinter(Exception):
    """What draws the pages (Pango) is not on this machine; the message says what to install."""


def certificate_pdf(made: Certificate) -> bytes:
    """
    Return the certificate as a PDF file.

    :raises NoPrinter: if pages cannot be drawn here
    """
    try:
        # Imported late: it loads the system's libraries, and these may be missing.
        from weasyprint import CSS, HTML  # type: ignore[import-untyped]
    except OSError as error:
        raise NoPrinter(
            _(
                "Máy chủ này chưa vẽ được tệp PDF vì thiếu thư viện Pango. Hãy cài gói libpango "
                "(Debian: libpango-1.0-0, libpangoft2-1.0-0) rồi thử lại; tệp JSON vẫn tải được."
            )
        ) from error
    page = render_to_string("workflow/certificate/paper.html", paper(made))
    sheet = CSS(filename=finders.find(SHEET))
    drawn = HTML(string=page, url_fetcher=_nothing).write_pdf(stylesheets=[sheet])
    return bytes(drawn)


def paper(made: Certificate) -> dict[str, Any]:
    """Return what the template of the paper shows."""
    return {
        "made": made,
        "numbered": [
            (number, step, short_link(step), RESULT_TITLES[step.result])
            for number, step in enumerate(made.steps, 1)
        ],
        "wanting": len(made.wanting),
    }


def short_link(step: Step) -> str:
    """Return the first digits of the act's link, by which a paper and a file are compared."""
    return short_digest(step.link.act)[:9] if step.link else ""


def _nothing(url: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Fetch nothing: all that a paper shows is in the page itself."""
    raise ValueError(url)
