"""From which address a request comes, through the proxies that are ours."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "0.0.0.0"  # noqa: S104 (no address is bound: a server behind a socket names none)
# A subscriber of IPv6 has a whole /64: counting single addresses would count nothing.
SUBSCRIBER = 64


def client_address(request: HttpRequest) -> str:
    """
    Return the address the outermost of our proxies saw, else the one that is connected.

    What stands further left in the header was written by strangers.
    """
    passed = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    proxies = settings.PROXIES
    seen = passed[-proxies] if 0 < proxies <= len(passed) else ""
    return _address(seen) or _address(request.META.get("REMOTE_ADDR", "")) or NOWHERE


def counted_address(request: HttpRequest) -> str:
    """Return the address under which wrong tries are counted."""
    address = ip_address(client_address(request))
    if isinstance(address, IPv6Address):
        return str(ip_network((address, SUBSCRIBER), strict=False).network_address)
    return str(address)


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return ""
