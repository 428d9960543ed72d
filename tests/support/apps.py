"""Files of apps: APKs that Debian's aapt and apksigner made (apks/make), and sets of them."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ldfleet.domain.app import AppFacts, LibraryApp, Packing
from ldfleet.domain.ids import AppId
from support.stores import START

FOLDER = Path(__file__).parent / "apks"
SIGNER = "9b4c9429dbc0010ae75873c0d3593446ad45462d37d980ec686601ce1a1573a6"
XAPK: Mapping[str, Any] = {
    "xapk_version": 2,
    "package_name": "com.example.game",
    "expansions": [
        {
            "file": "Android/obb/com.example.game/main.7.com.example.game.obb",
            "install_location": "EXTERNAL_STORAGE",
            "install_path": "Android/obb/com.example.game/main.7.com.example.game.obb",
        }
    ],
}


def apk(name: str = "game-7") -> bytes:
    """One of the committed APKs."""
    return (FOLDER / f"{name}.apk").read_bytes()


def archive(*more: tuple[str, bytes], **apks: str) -> bytes:
    """A set of APKs (`{place: name}`, without the ending), and other members."""
    members = [*((f"{place}.apk", apk(name)) for place, name in apks.items()), *more]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for place, content in members:
            file.writestr(zipfile.ZipInfo(place), content, zipfile.ZIP_DEFLATED)  # of no moment
    return packed.getvalue()


def split_set() -> bytes:
    """A base and two splits."""
    return archive(base="game-7", x86_64="game-7-x86_64", de="game-7-de")


def xapk(**changes: Any) -> bytes:
    """A set with a manifest and a data file."""
    manifest = json.dumps({**XAPK, **changes}).encode()
    data = ("Android/obb/com.example.game/main.7.com.example.game.obb", b"a world " * 100)
    return archive(("manifest.json", manifest), data, base="game-7", x86_64="game-7-x86_64")


def an_app(number: int = 1, **changes: Any) -> LibraryApp:
    """A record of the library; there is no file behind it."""
    facts = AppFacts(
        package=changes.pop("package", f"com.example.game{number}"),
        version_code=changes.pop("version_code", number),
        version_name=f"1.{number}",
        label="Space Game",
        min_sdk=changes.pop("min_sdk", 21),
        abis=("x86_64",),
        splits=(),
        packing=changes.pop("packing", Packing.APK),
        signer_sha256=SIGNER,
    )
    fields: dict[str, Any] = {
        "id": AppId(f"ap_{number}"),
        "facts": facts,
        "file_name": f"game-{number}.apk",
        "size": 1000 * number,
        "sha256": f"{number:064x}",
        "uploaded_by": "anna",
        "created_at": START,
    }
    return LibraryApp(**{**fields, **changes})
