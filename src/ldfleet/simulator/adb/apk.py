"""What an APK says of itself: Android's binary XML, as far as its first element."""

import io
import struct
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MANIFEST = "AndroidManifest.xml"
STRINGS, ELEMENT = 0x0001, 0x0102
UTF_8 = 1 << 8
TEXT = 0x03
_CHUNK = struct.Struct("<HHI")
_POOL = struct.Struct("<IIIII")
_ATTRIBUTE = struct.Struct("<IIIHBBI")


class NoApk(Exception):
    """It is no archive, or has no manifest that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apk:
    package: str
    version: str


def read(content: bytes) -> Apk:
    """Raises NoApk."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            manifest = dict(_manifest(archive.read(MANIFEST)))
        return Apk(package=manifest["package"], version=manifest.get("versionName", "1.0"))
    except (zipfile.BadZipFile, KeyError, struct.error, IndexError, UnicodeDecodeError) as error:
        raise NoApk(str(error)) from error


def _manifest(data: bytes) -> Iterator[tuple[str, str]]:
    """The attributes of the first element that are texts."""
    strings: Sequence[str] = ()
    at = _CHUNK.unpack_from(data)[1]
    while at < len(data):
        kind, header, size = _CHUNK.unpack_from(data, at)
        if kind == STRINGS:
            strings = _strings(data[at : at + size])
        elif kind == ELEMENT:
            yield from _texts(data[at + header : at + size], strings)
            return
        at += size


def _texts(data: bytes, strings: Sequence[str]) -> Iterator[tuple[str, str]]:
    _, _, start, size, count = struct.unpack_from("<IIHHH", data)
    for number in range(count):
        _, name, _, _, _, kind, value = _ATTRIBUTE.unpack_from(data, start + number * size)
        if kind == TEXT:
            yield strings[int(name)], strings[int(value)]


def _strings(data: bytes) -> Sequence[str]:
    header = _CHUNK.unpack_from(data)[1]
    count, _, flags, start, _ = _POOL.unpack_from(data, _CHUNK.size)
    offsets = struct.unpack_from(f"<{count}I", data, header)
    read_one = _utf_8 if flags & UTF_8 else _utf_16
    return [read_one(data, start + offset) for offset in offsets]


def _utf_16(data: bytes, at: int) -> str:
    (length,) = struct.unpack_from("<H", data, at)
    return data[at + 2 : at + 2 + 2 * length].decode("utf-16-le")


def _utf_8(data: bytes, at: int) -> str:
    at += 2 if data[at] & 0x80 else 1  # the length in characters
    length, at = data[at], at + 1
    if length & 0x80:
        length, at = (length & 0x7F) << 8 | data[at], at + 1
    return data[at : at + length].decode()
