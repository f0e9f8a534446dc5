"""`{% ledger_seal act %}`: the record's head after an act, for pages and papers."""

from typing import Any

from django import template

from cases.models import Act
from workflow.ledger.seal import seal_of

register = template.Library()


@register.inclusion_tag("workflow/ledger/seal.html")
def ledger_seal(act: Act | None) -> dict[str, Any]:
    """Show number, short digest and QR code of the act; nothing before there is an act."""
    # A variable that is not there comes as an empty text.
    return {"seal": seal_of(act) if act else None, "at": act.at if act else None}
