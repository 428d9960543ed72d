"""What people enter, held to its rules; each answers the value as it is kept.

Every refusal names the field, the rule and the remedy.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace

from ldfleet import errors
from ldfleet.domain.workstation import (
    LOGINS,
    Address,
    Credentials,
    Limits,
    LoginMethod,
    TransportKind,
    Workstation,
)

NAME_LENGTH = 64
NOTES_LENGTH = 4_000
REASON_LENGTH = 500
PATH_LENGTH = 200  # Windows allows 260; ldfleet adds `vms\config\leidian9999.config`
TAGS = 32

_ID = "ws_"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_PROSE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_JOINERS = "\u200c\u200d"
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_TAG = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_PATH = re.compile(r"[A-Za-z]:\\")
_UNFIT_IN_PATH = re.compile(r'["%!<>|?*/]')  # architecture.md 5: what can't be quoted safely
_PACKAGE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+")
_HOST_KEY = re.compile(r"(?:SHA256:)?([A-Za-z0-9+/]{43})=?")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_RANGES: Mapping[str, tuple[float, float]] = {
    "boots": (1, 32),
    "disk": (1, 8),
    "light": (1, 32),
    "boot_gap_s": (0, 600),
}


def _refused(field: str, reason: str) -> errors.FieldInvalid:
    return errors.FieldInvalid(field=field, reason=reason)


def name_of(text: str) -> str:
    """A name that fits on a line and in a command, and looks like what it is."""
    name = text.strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise _refused("name", f"it must have 1 to {NAME_LENGTH} characters; shorten it")
    if _CONTROL.search(name) or set(name) & {'"', "'", "`"}:
        raise _refused("name", "it must not hold quotes or control characters; leave them out")
    if not all(map(_is_seen, name)):
        raise _refused(
            "name",
            "it must not hold characters that nobody sees or that turn others round; type it anew",
        )
    if set(name) & {"/", "\\"} or not any(map(str.isalnum, name)) or name.startswith("-"):
        raise _refused(
            "name",
            "it must hold a letter or digit, no slashes, and no - at its beginning; spell it so",
        )
    if name.startswith(_ID):
        raise _refused("name", f"it must not begin with {_ID} as ids do; begin it otherwise")
    return name


def _is_seen(character: str) -> bool:
    """Of what Unicode calls other, only what joins emoji and letters belongs to a name."""
    return unicodedata.category(character)[0] != "C" or character in _JOINERS


def notes_of(text: str) -> str:
    """Free text; line ends and tabs are fine."""
    return _prose("notes", text, NOTES_LENGTH)


def reason_of(text: str | None) -> str | None:
    """Why somebody asks; nothing where it is blank."""
    return _prose("reason", text.strip(), REASON_LENGTH) or None if text is not None else None


def _prose(field: str, text: str, length: int) -> str:
    if len(text) > length:
        raise _refused(field, f"it must not be longer than {length} characters; shorten it")
    if _CONTROL_IN_PROSE.search(text):
        raise _refused(field, "it must not hold control characters; leave them out")
    return text


def site_of(text: str, *, field: str = "site") -> str:
    """A site's name: it is typed at every worker of it."""
    if not _TAG.fullmatch(text):
        raise _refused(
            field,
            "it must have 1 to 32 lower-case letters, digits, dots, dashes or underscores, "
            "a letter or digit first; spell it so",
        )
    return text


def tags_of(tags: Sequence[str]) -> tuple[str, ...]:
    """Each once, in their order."""
    if len(tags) > TAGS:
        raise _refused("tags", f"there must not be more than {TAGS}; leave some out")
    for tag in tags:
        if not _TAG.fullmatch(tag):
            raise _refused(
                "tags",
                f"{tag!r} must have 1 to 32 lower-case letters, digits, dots, dashes or "
                "underscores, a letter or digit first; spell it so",
            )
    return tuple(dict.fromkeys(tags))


def package_of(text: str | None) -> str | None:
    """An Android package name."""
    if text is not None and not (_PACKAGE.fullmatch(text) and len(text) <= 255):  # noqa: PLR2004 - Android's limit
        raise _refused("package", "it must be an Android package name; write it as com.example.app")
    return text


def path_of(text: str | None) -> str | None:
    """The folder of an LDPlayer, without a trailing backslash."""
    if text is None or not text.strip():
        return None
    return windows_path_of("ldplayer_path", text)


def windows_path_of(field: str, text: str) -> str:
    """A full path on a workstation, without a trailing backslash."""
    path = text.strip().rstrip("\\")
    if not _PATH.match(path):
        raise _refused(
            field,
            r"it must be an absolute Windows path with a drive; write it as C:\LDPlayer\LDPlayer9",
        )
    if len(path) > PATH_LENGTH:
        raise _refused(field, f"it must not be longer than {PATH_LENGTH} characters")
    if _CONTROL.search(path) or _UNFIT_IN_PATH.search(path) or ".." in path.split("\\"):
        raise _refused(
            field,
            r"it must not hold quotes, % ! < > | ? * /, control characters or \..\ ; "
            "write the plain path, without quotes around it",
        )
    return path


def limits_of(limits: Limits) -> Limits:
    """Limits that leave a workstation able to work."""
    for field, (least, most) in _RANGES.items():
        if not least <= getattr(limits, field.removesuffix("_s")) <= most:
            raise _refused(f"limits.{field}", f"it must be from {least:g} to {most:g}")
    return limits


def address_of(address: Address) -> Address:
    """Where and how, as far as it can be judged without trying."""
    methods = LOGINS[address.transport]
    if address.login not in methods:
        raise _refused(
            "login", f"over {address.transport} it must be one of {', '.join(methods)}; choose one"
        )
    return _ADDRESSES[address.transport](address)


def _over_winrm(address: Address) -> Address:
    _check_port(address.port)
    _check_absent(address, "host_key_sha256")
    fingerprint = _fingerprint_of(address.certificate_sha256)
    ca_pem = (address.ca_pem or "").strip() or None
    _check_trust(address, fingerprint, ca_pem)
    return replace(
        address,
        host=_host_of(address.host),
        username=_username_of(address),
        certificate_sha256=fingerprint,
        ca_pem=ca_pem,
    )


def _over_ssh(address: Address) -> Address:
    _check_port(address.port)
    _check_absent(address, "certificate_sha256", "ca_pem")
    return replace(
        address,
        host=_host_of(address.host),
        username=_username_of(address),
        host_key_sha256=_host_key_of(address.host_key_sha256),
    )


def _without_network(address: Address) -> Address:
    if address.host.strip().lower() not in _HERE:
        raise _refused(
            "host", "over local it must be localhost: the PC that ldfleet runs on; write it so"
        )
    _check_absent(address, "certificate_sha256", "ca_pem", "host_key_sha256", "username")
    return replace(address, host=_HERE[0])


_HERE = ("localhost", "127.0.0.1", "::1")
_ADDRESSES: Mapping[TransportKind, Callable[[Address], Address]] = {
    TransportKind.WINRM: _over_winrm,
    TransportKind.SSH: _over_ssh,
    TransportKind.LOCAL: _without_network,
}


def _check_absent(address: Address, *names: str) -> None:
    for name in names:
        if (getattr(address, name) or "").strip():
            raise _refused(name, f"it means nothing over {address.transport}; leave it out")


def _check_port(port: int) -> None:
    if not 1 <= port <= 65535:  # noqa: PLR2004 - TCP's range
        raise _refused("port", "it must be from 1 to 65535; WinRM's are 5986 and 5985, SSH's 22")


def _host_key_of(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    found = _HOST_KEY.fullmatch(text.strip())
    if found is None:
        raise _refused(
            "host_key_sha256",
            "it must be a host key's fingerprint as ssh-keygen -lf shows it: SHA256: and 43 "
            "letters",
        )
    return f"SHA256:{found[1]}"


def _host_of(text: str) -> str:
    host = text.strip()
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    if "/" in host:
        raise _refused("host", "it must not hold a scheme or path; write the name or address alone")
    labels = host.removesuffix(".").split(".")
    fits = len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)  # noqa: PLR2004 - RFC 1035
    if not fits or labels[-1].isdigit():  # RFC 3696: else a mistyped address would pass for a name
        raise _refused(
            "host",
            "it must be a DNS name or an IP address, without port, brackets or spaces; "
            "write it as pc-07.example.com or 192.0.2.7",
        )
    return host


def _username_of(address: Address) -> str:
    username = address.username.strip()
    if address.login is not LoginMethod.CERTIFICATE and not username:
        raise _refused("username", f"the login {address.login} needs one; name the account")
    if len(username) > 256 or _CONTROL.search(username):  # noqa: PLR2004 - Windows' longest UPN
        raise _refused("username", "it must have up to 256 characters and no control characters")
    return username


def _fingerprint_of(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    fingerprint = text.strip().replace(":", "").lower()
    if not _FINGERPRINT.fullmatch(fingerprint):
        raise _refused(
            "certificate_sha256",
            "it must be a SHA-256 fingerprint, 64 hexadecimal digits; colons are fine",
        )
    return fingerprint


def _check_trust(address: Address, fingerprint: str | None, ca_pem: str | None) -> None:
    if address.login in {LoginMethod.BASIC, LoginMethod.CERTIFICATE} and not address.tls:
        raise _refused("login", f"{address.login} is safe over TLS only; switch tls on")
    if (fingerprint or ca_pem) and not address.tls:
        field = "certificate_sha256" if fingerprint else "ca_pem"
        raise _refused(field, "a certificate is shown over TLS only; switch tls on or remove it")
    if ca_pem and "-----BEGIN CERTIFICATE-----" not in ca_pem:
        raise _refused("ca_pem", "it must be a certificate in PEM form, with its BEGIN line")


def check_credentials(address: Address, credentials: Credentials) -> None:
    """Whether they are what the login method needs."""
    if address.login is LoginMethod.CERTIFICATE:
        _check_pem("client_certificate_pem", credentials.certificate_pem, "CERTIFICATE-----")
    if address.login in {LoginMethod.CERTIFICATE, LoginMethod.KEY}:
        _check_pem("client_private_key_pem", credentials.private_key_pem, "PRIVATE KEY-----")
    elif not credentials.password and address.login is not LoginMethod.NONE:
        raise _refused("password", f"the login {address.login} needs one; send it")


def new_credentials(
    workstation: Workstation, address: Address, given: Credentials | None
) -> Credentials | None:
    """What is to be kept from now on; None: what is on record, for it goes where it went.

    Raises CredentialsNeeded where it would go elsewhere, and FieldInvalid.
    """
    before, after = asdict(workstation.address), asdict(address)
    changed = [name for name, value in after.items() if before[name] != value]
    if given is None and changed and address.login is not LoginMethod.NONE:
        pem = address.login in {LoginMethod.CERTIFICATE, LoginMethod.KEY}
        raise errors.CredentialsNeeded(
            field="client_private_key_pem" if pem else "password",
            workstation=workstation.name,
            changed=", ".join(changed),
        )
    kept = Credentials() if given is None and changed else given
    if kept is not None:
        check_credentials(address, kept)
    return kept


def _check_pem(field: str, text: str | None, ending: str) -> None:
    if not text or "-----BEGIN " not in text or ending not in text:
        raise _refused(field, "the chosen login needs it in PEM form; send it")
