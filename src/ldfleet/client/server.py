"""What can be asked about the server itself."""

from ldfleet.client.calls import Call, path
from ldfleet.wire.server import HealthOut, StatusOut, VersionOut


def health() -> Call[HealthOut]:
    """Whether it lives; needs no token."""
    return Call(path=path("health"), read=HealthOut.model_validate_json)


def status() -> Call[StatusOut]:
    """Version, uptime, counts."""
    return Call(path=path("status"), read=StatusOut.model_validate_json)


def version() -> Call[VersionOut]:
    """Its version; needs no token."""
    return Call(path=path("version"), read=VersionOut.model_validate_json)
