"""Where a page leads back to, when the address says so itself: only to another page of this site."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST_ADDRESS = 2_000  # browsers and proxies refuse longer ones


def page_of_ours(request: HttpRequest, address: str) -> str | None:
    """Return the address if it is a path on this host, else None: no name, no scheme, no other site."""
    if not address.startswith("/") or len(address) > LONGEST_ADDRESS:
        return None
    here = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if here else None
