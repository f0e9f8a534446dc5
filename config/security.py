"""What a browser may do with our pages."""

from typing import Any

# In Django 6 these three are CSP.NONCE, CSP.NONE and CSP.SELF of django.utils.csp, the middleware and the
# context processor are Django's own, and the setting is SECURE_CSP = content_security_policy().
from csp.constants import NONCE, NONE, SELF

# No page of ours asks a device for anything but its passkey.
PERMISSIONS_POLICY = ", ".join(
    [
        *(
            f"{feature}=()"
            for feature in (
                "accelerometer",
                "autoplay",
                "camera",
                "display-capture",
                "encrypted-media",
                "geolocation",
                "gyroscope",
                "magnetometer",
                "microphone",
                "midi",
                "payment",
                "usb",
                "xr-spatial-tracking",
            )
        ),
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    ]
)


def content_security_policy() -> dict[str, Any]:
    """
    Return the directives: everything from our own server, nothing inline.

    `data:` pictures are Bootstrap's icons and the QR code of a second factor.
    """
    return {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
