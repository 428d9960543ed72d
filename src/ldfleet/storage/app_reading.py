"""What an app's file says of itself, read in a process of its own: a hostile file ends that alone.

    python -m ldfleet.storage.app_reading FILE FOLDER LIMIT

prints JSON: the facts, or why the file is refused. FOLDER is for parts that are unpacked to be
read, LIMIT the bytes that an archive may unpack to.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from apk_info import APK, APKError

_MANIFEST, _RESOURCES, _XAPK = "AndroidManifest.xml", "resources.arsc", "manifest.json"
_MOST = {_MANIFEST: 16 << 20, _RESOURCES: 512 << 20, _XAPK: 1 << 20}
"""Bytes that these may unpack to: far above what apps have."""
_MOST_APKS = 60
_MEMORY = 4 << 30
_BLOCK = 1 << 20
_TEXT = 200  # characters
_LARGEST_CODE = 2**63 - 1
_PACKAGE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+")
# They become words of a command line on a PC.
_PLACE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*(/[A-Za-z0-9_][A-Za-z0-9_.+-]*)*")
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Refused(Exception):
    """Why it is no app that can be installed."""


@dataclass(frozen=True, slots=True)
class _Apk:
    """One APK, perhaps of several."""

    place: str
    package: str
    version_code: int
    version_name: str
    label: str
    min_sdk: int | None
    abis: Sequence[str]
    split: str
    needs_splits: bool
    signer: str | None


def read(path: Path, folder: Path, limit: int) -> Mapping[str, Any]:
    """The facts, as `domain.app.AppFacts` has them. Raises Refused."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive)
            if _MANIFEST in members:
                return _alone(_apk(path, members))
            return _set(archive, members, folder, limit)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise Refused(f"it is no whole archive ({_clean(str(error))})") from error


def _members(archive: zipfile.ZipFile) -> Mapping[str, zipfile.ZipInfo]:
    members: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        if info.filename in members:
            raise Refused(f"it holds {_clean(info.filename)} twice")
        if info.flag_bits & 1:
            raise Refused("it is encrypted")
        members[info.filename] = info
    for name, most in _MOST.items():
        if name in members and members[name].file_size > most:
            raise Refused(f"its {name} unpacks to more than {most} bytes")
    return members


def _apk(path: Path, members: Mapping[str, zipfile.ZipInfo], place: str = "") -> _Apk:
    if _MANIFEST not in members:
        raise Refused(f"{place or 'it'} has no {_MANIFEST}")
    try:
        apk = APK(path)
    except (APKError, ValueError) as error:
        raise Refused(f"{place or 'it'} can't be read: {_clean(str(error))}") from error
    package = apk.get_package_name() or ""
    if not _PACKAGE.fullmatch(package):
        raise Refused(f"{place or 'its manifest'} names no package")
    return _Apk(
        place=place,
        package=package,
        version_code=_version_code(apk),
        version_name=_clean(apk.get_version_name() or ""),
        label=_clean(apk.get_application_label() or ""),
        min_sdk=_number(apk.get_min_sdk_version()),
        abis=apk.get_supported_abis(),
        split=_clean(apk.get_attribute_value("manifest", "split") or ""),
        needs_splits=apk.get_attribute_value("manifest", "isSplitRequired") == "true",
        signer=_signer(apk),
    )


def _version_code(apk: APK) -> int:
    code = _number(apk.get_version_code())
    major = _number(apk.get_attribute_value("manifest", "versionCodeMajor")) or 0
    if code is None:
        raise Refused("its manifest has no version code")
    return min((major << 32) + code, _LARGEST_CODE)


def _signer(apk: APK) -> str | None:
    """Of the newest scheme that it is signed by."""
    try:
        found = [getattr(each, "certificates", ()) for each in apk.get_signatures()]
    except APKError:
        return None
    prints = [certificates[0].sha256_fingerprint for certificates in found if certificates]
    return str(prints[-1]).lower() if prints else None


def _alone(apk: _Apk) -> Mapping[str, Any]:
    if apk.split:
        raise Refused(f"it is the split {apk.split} of an app without its base: send the whole set")
    if apk.needs_splits:
        raise Refused("it is the base of an app that needs its splits: send the whole set")
    return _facts(apk, [apk], packing="apk")


def _set(
    archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], folder: Path, limit: int
) -> Mapping[str, Any]:
    places = [name for name in members if name.endswith(".apk")]
    if not places:
        raise Refused(f"it holds neither an {_MANIFEST} nor an APK")
    if len(places) > _MOST_APKS:
        raise Refused(f"it holds more than {_MOST_APKS} APKs")
    data_files = list(_data_files(archive, members))
    wanted = [*places, *(place for place, _ in data_files)]
    _check_places(members, wanted)
    if sum(members[place].file_size for place in wanted) > limit:
        raise Refused(f"it unpacks to more than {limit} bytes")
    apks = [_unpacked(archive, place, folder) for place in places]
    for place, _ in data_files:
        _unpack(archive, place, None)
    base = _base_of(apks)
    named = _named(archive, members)
    if named not in {None, base.package}:
        raise Refused(f"its {_XAPK} names another package ({_clean(str(named))}) than its base")
    for place, target in data_files:
        if not target.startswith(f"Android/obb/{base.package}/"):
            raise Refused(f"{_clean(place)} belongs to another app")
    ordered = [base, *sorted((each for each in apks if each is not base), key=lambda a: a.place)]
    packing = "xapk" if _XAPK in members else "apks"
    return {
        **_facts(base, ordered, packing=packing),
        "apks": [each.place for each in ordered],
        "data_files": [list(pair) for pair in data_files],
    }


def _check_places(members: Mapping[str, zipfile.ZipInfo], wanted: Sequence[str]) -> None:
    for name in members:
        if name.startswith("/") or ".." in name.split("/") or "\\" in name or ":" in name:
            raise Refused(f"it holds {_clean(name)}, which leads out of it")
    for name in wanted:
        if not _PLACE.fullmatch(name):
            raise Refused(f"it holds {_clean(name)}, whose name is not in plain letters")


def _base_of(apks: Sequence[_Apk]) -> _Apk:
    bases = [each for each in apks if not each.split]
    if len(bases) != 1:
        count = "several base APKs" if bases else "no base APK"
        raise Refused(f"it holds {count}: a set is one base and its splits")
    base = bases[0]
    for each in apks:
        if (each.package, each.version_code) != (base.package, base.version_code):
            raise Refused(f"{each.place} is of another app or version than {base.place}")
        if each.signer != base.signer:
            raise Refused(f"{each.place} and {base.place} are signed by different certificates")
    if len({each.split for each in apks}) != len(apks):
        raise Refused("it holds a split twice")
    return base


def _unpacked(archive: zipfile.ZipFile, place: str, folder: Path) -> _Apk:
    file = folder / "part.apk"
    _unpack(archive, place, file)
    with zipfile.ZipFile(file) as inner:
        return _apk(file, _members(inner), place)


def _unpack(archive: zipfile.ZipFile, place: str, file: Path | None) -> None:
    """Its bytes, which are no more than it says; else that is a BadZipFile."""
    with archive.open(place) as packed:
        if file is None:
            while packed.read(_BLOCK):
                pass
            return
        with file.open("wb") as whole:
            while block := packed.read(_BLOCK):
                whole.write(block)


def _xapk(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]) -> Mapping[str, Any]:
    if _XAPK not in members:
        return {}
    try:
        found: object = json.loads(archive.read(_XAPK))
    except (ValueError, RecursionError) as error:
        raise Refused(f"its {_XAPK} is no JSON") from error
    if not isinstance(found, dict):
        raise Refused(f"its {_XAPK} is no JSON object")
    return cast("Mapping[str, Any]", found)


def _named(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]) -> object:
    return _xapk(archive, members).get("package_name")


def _data_files(
    archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]
) -> Iterator[tuple[str, str]]:
    listed: object = _xapk(archive, members).get("expansions") or []
    if not isinstance(listed, list):
        raise Refused(f"the expansions in its {_XAPK} are no list")
    for each in cast("list[object]", listed):
        one: Mapping[str, object] = (
            cast("Mapping[str, object]", each) if isinstance(each, dict) else {}
        )
        place, target = one.get("file"), one.get("install_path")
        if not isinstance(place, str) or not isinstance(target, str) or place not in members:
            raise Refused(f"its {_XAPK} names a data file that is not there")
        if not _PLACE.fullmatch(target) or ".." in target.split("/"):
            raise Refused(f"the place {_clean(target)} of a data file is not in plain letters")
        yield place, target


def _facts(base: _Apk, apks: Sequence[_Apk], *, packing: str) -> Mapping[str, Any]:
    return {
        "package": base.package,
        "version_code": base.version_code,
        "version_name": base.version_name,
        "label": base.label,
        "min_sdk": base.min_sdk,
        "abis": sorted({abi for each in apks for abi in each.abis}),
        "splits": [each.split for each in apks if each.split],
        "packing": packing,
        "signer_sha256": base.signer,
    }


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,10}", text) else None


def _clean(text: str) -> str:
    """What may be shown and kept of a text that anybody may have written."""
    return _UNFIT.sub(" ", text).strip()[:_TEXT]


def _be_modest() -> None:
    """Take no more memory than an honest file needs."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - it is not there on Windows

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def main(path: str, folder: str, limit: str) -> None:
    """Print what it is."""
    _be_modest()
    answer: Mapping[str, Any]
    try:
        answer = {"facts": read(Path(path), Path(folder), int(limit))}
    except Refused as refused:
        answer = {"refused": str(refused)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
