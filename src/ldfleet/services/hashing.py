"""Secrets that ldfleet gives out: 256 bits of chance, so a plain hash can't be guessed back."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable

API_TOKEN = "ldf_"  # noqa: S105 - a prefix, as are those below
REFRESH_TOKEN = "ldr_"  # noqa: S105 - see above
COOKIE = "ldc_"
SETUP_TOKEN = "lds_"  # noqa: S105 - see above
TRANSFER_TOKEN = "ldt_"  # noqa: S105 - see above

_BYTES = 32


def new_secret(prefix: str, chance: Callable[[int], bytes]) -> str:
    """A new one. The prefix tells people and log filters what it is."""
    return prefix + urlsafe_b64encode(chance(_BYTES)).rstrip(b"=").decode()


def hash_of(secret: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
