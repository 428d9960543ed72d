"""What leaves the farm: answers of workstations without what names people, PCs or devices.

Two nets, one behind the other: words that are known (the login, the PC's name, …) are taken out of
the bytes in every code page they may stand in; then whatever has the shape of an address, a device
id, a SID, a home folder or a token is taken out of the text.
"""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from ldfleet.telemetry import redact

SHOWN = 20_000
"""Characters of one answer."""
_PAGES = ("utf-8", "gbk", "cp1251", "cp866", "cp1252", "cp850", "cp932", "cp949", "big5")
_NOBODYS = frozenset(
    {"ldplayer", "leidian", "system", "administrator", "local service", "nt authority", "builtin"}
    | {"localhost", "workgroup", "default", "users", "windows", "public"}
)
"""Words that are LDPlayer's and Windows' own: as a name they tell of nobody."""
_LDPLAYERS_OWN = re.compile(r"(LDPlayer|雷电模拟器)(-\d+)*")
_LONG_ENOUGH = 4
"""Letters from which on a name is taken out of the midst of other words, too."""
# A letter of a double-byte page may end with the byte of a backslash: it is taken with its first
_HOME = re.compile(
    rb"(?i)([\\/](?:users|documents and settings)[\\/])"
    rb'(?:[\x81-\xfe].|[^\\/\r\n"<>|:*?,;])+',
    re.DOTALL,
)
_OWNER = re.compile(rb"(<(?:UserId|Author|GroupId)>)[^<]*")
_SHAPES: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"(?m)(?<=TrustedHosts = )[^\r\n]+"), "<hosts>"),
    (re.compile(r"(?<![\\\w:])\\\\[^\\\s\"]+(?=\\)"), r"\\\\<host>"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "<mail>"),
    (re.compile(r"S-1-(?:5-21|5-5|5-80|12|15)(?:-\d+)+"), "<sid>"),
    (re.compile(r"(?i)(?<![0-9a-f])(?:[0-9a-f]{2}[-:]){5}[0-9a-f]{2}(?![0-9a-f])"), "<mac>"),
    (re.compile(r"(?i)(?<![0-9a-z])00DB[0-9a-f]{8}(?![0-9a-z])"), "<mac>"),
    (re.compile(r"(?<!\d)\d{5}-\d{5}-\d{5}-[0-9A-Z]{5}(?![0-9A-Z])"), "<serial>"),
    # LDPlayer's own ids (ldconsole.md 2.4, 3.1) are the same everywhere
    (
        re.compile(
            r"(?i)(?<![0-9a-f])(?!20191216-|20160302-)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
        ),
        "<guid>",
    ),
    (re.compile(r"(?i)(?<![0-9a-z])(?=[0-9a-f]*\d)[0-9a-f]{16,}(?![0-9a-z])"), "<hex>"),
    (re.compile(r"(?<![\w.])(?<!-0eee-)\d{11,}(?![\w.])"), "<number>"),
)
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_IPV6 = re.compile(r"(?i)(?<![\w:.])[0-9a-f:]*:[0-9a-f:.]*:[0-9a-f:.]*(?:%\w+)?(?![\w:])")


Name = tuple[str | None, str]
"""A word that tells of somebody, if it is known, and as what it is shown."""


class Redactor:
    """Takes out known words and telling shapes; `keep` are texts that only look like them."""

    def __init__(self, names: Iterable[Name], *, keep: Iterable[str] = ()) -> None:
        self._keep = frozenset(keep)
        found = {part: label for name, label in names for part in _parts(name)}
        longest = sorted(found.items(), key=lambda pair: len(pair[0]), reverse=True)
        self._words = [(_pattern(word), f"<{label}>".encode()) for word, label in longest]

    def raw(self, raw: bytes) -> str:
        """What a program printed; bytes that are no UTF-8 stay as escapes, for us to look at."""
        if raw.count(0) > len(raw) // 4:
            raw = raw.decode("utf-16-le", "replace").encode()
        raw = _HOME.sub(rb"\1<user>", _OWNER.sub(rb"\1<user>", raw))
        for pattern, label in self._words:
            raw = pattern.sub(label, raw)
        shown = self._shapes(raw.decode("utf-8", "backslashreplace"))
        return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}… {len(shown)} in all"

    def value(self, value: object) -> Any:
        """The same of everything in a JSON value, keys of objects too."""
        if isinstance(value, str):
            return value if value in self._keep else self.raw(value.encode("utf-8", "replace"))
        if isinstance(value, Mapping):
            pairs = cast("Mapping[str, object]", value)
            return {self.value(key): self.value(item) for key, item in pairs.items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in cast("Sequence[object]", value)]
        return value

    def _shapes(self, text: str) -> str:
        text = str(redact(text))
        for pattern, label in _SHAPES:
            text = pattern.sub(label, text)
        return _IPV6.sub(self._address, _IPV4.sub(self._address, text))

    def _address(self, found: re.Match[str]) -> str:
        text = found[0]
        try:
            address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            return text
        known = text in self._keep or address.is_loopback or address.is_unspecified
        return text if known else "<address>"


def _parts(name: str | None) -> Iterable[str]:
    r"""Of `DOMAIN\name` or `name@domain` both; none of what tells of nobody."""
    for part in re.split(r"[\\@]", name or ""):
        word = part.strip()
        if word and word.casefold() not in _NOBODYS and not _is_own(word):
            yield word


def _is_own(word: str) -> bool:
    """Whether LDPlayer gives this name by itself, or every PC has this address."""
    if _LDPLAYERS_OWN.fullmatch(word):
        return True
    try:
        return ipaddress.ip_address(word).is_loopback
    except ValueError:
        return False


def _pattern(word: str) -> re.Pattern[bytes]:
    """The word in any case and any page."""
    forms = {word, word.lower(), word.upper(), word.title()}
    spelled = {
        form.encode(page) for form in forms for page in _PAGES if _can_be_written(form, page)
    }
    either = b"|".join(re.escape(each) for each in sorted(spelled, key=len, reverse=True))
    if len(word) < _LONG_ENOUGH:
        either = rb"(?<![A-Za-z0-9])(?:" + either + rb")(?![A-Za-z0-9])"
    return re.compile(either, re.IGNORECASE)


def _can_be_written(word: str, page: str) -> bool:
    try:
        word.encode(page)
    except UnicodeEncodeError:
        return False
    return True
