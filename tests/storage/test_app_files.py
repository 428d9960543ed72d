"""Files that come into the app library: read, kept, or refused without a trace."""

import hashlib
import io
import struct
import warnings
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ldfleet import errors
from ldfleet.domain.app import AppFacts, Packing
from ldfleet.storage.app_files import StoredAppFiles
from support.apps import SIGNER, an_app, apk, archive, split_set, xapk
from support.stores import START, StillClock

LIMIT = 1 << 20


@pytest.fixture
def files(tmp_path: Path) -> StoredAppFiles:
    return StoredAppFiles(tmp_path / "apps", clock=StillClock(), chance=lambda size: b"\x07" * size)


async def pieces(content: bytes, size: int = 100) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def facts_of(files: StoredAppFiles, content: bytes, *, limit: int = LIMIT) -> AppFacts:
    async with files.receive(pieces(content), limit=limit) as received:
        return received.facts


def left(tmp_path: Path) -> list[str]:
    return [path.name for path in tmp_path.rglob("*") if path.is_file()]


async def test_an_apk_says_what_it_is(files: StoredAppFiles) -> None:
    assert await facts_of(files, apk()) == AppFacts(
        package="com.example.game",
        version_code=7,
        version_name="1.2.0",
        label="Space Game 太空",
        min_sdk=21,
        abis=("x86_64",),
        splits=(),
        packing=Packing.APK,
        signer_sha256=SIGNER,
    )


async def test_a_split_set_is_one_app_with_the_base_first(files: StoredAppFiles) -> None:
    facts = await facts_of(files, archive(de="game-7-de", x86_64="game-7-x86_64", main="game-7"))

    assert (facts.packing, facts.package, facts.version_code) == (
        Packing.APKS,
        "com.example.game",
        7,
    )
    assert facts.apks == ("main.apk", "de.apk", "x86_64.apk")
    assert facts.splits == ("config.de", "config.x86_64")


async def test_an_xapk_tells_of_its_data_files(files: StoredAppFiles) -> None:
    facts = await facts_of(files, xapk())

    place = "Android/obb/com.example.game/main.7.com.example.game.obb"
    assert facts.packing is Packing.XAPK
    assert facts.data_files == ((place, place),)


async def test_what_is_kept_is_named_by_its_checksum_and_nothing_else_is_left(
    files: StoredAppFiles, tmp_path: Path
) -> None:
    sha256 = hashlib.sha256(apk()).hexdigest()

    async with files.receive(pieces(apk()), limit=LIMIT) as received:
        await files.keep(received)

    assert (received.size, received.sha256) == (len(apk()), sha256)
    assert left(tmp_path) == [f"{sha256}.apk"]
    await files.remove(an_app(sha256=sha256))
    assert left(tmp_path) == []


def damaged_manifest() -> bytes:
    whole, spoiled = io.BytesIO(apk()), io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(spoiled, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "AndroidManifest.xml":
                content = b"\x03\x00\x08\x00" + b"\xff" * len(content)
            new.writestr(info, content)
    return spoiled.getvalue()


def bomb(place: str) -> bytes:
    """A little file that unpacks to very much."""
    return archive((place, bytes(20 << 20)))


def lying_bomb() -> bytes:
    """The same, of which the archive says that it were small."""
    content = bytearray(archive(("big.apk", bytes(20 << 20))))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 1000)
    return bytes(content)


def a_name_twice() -> bytes:
    with warnings.catch_warnings(action="ignore"):
        return archive(("x", b""), ("x", b""), base="game-7")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is no whole archive"),
        (b"MZ this is a program" * 100, "it is no whole archive"),
        (apk()[:5000], "it is no whole archive"),
        (archive(("readme.txt", b"hello")), "it holds neither"),
        (archive(("AndroidManifest.xml", b"<manifest/>")), "it can't be read"),
        (damaged_manifest(), "it can't be read"),
        (apk("game-7-de"), "it is the split config.de of an app without its base"),
        (archive(de="game-7-de"), "it holds no base APK"),
        (archive(a="game-7", b="game-7"), "it holds several base APKs"),
        (archive(a="game-7", b="game-7-de", c="game-7-de"), "it holds a split twice"),
        (archive(a="game-8", b="game-7-de"), "is of another app or version"),
        (archive(("a.apk", b"no archive")), "it is no whole archive"),
        (a_name_twice(), "it holds x twice"),
        (archive(("../../x", b""), base="game-7"), "it holds ../../x, which leads out of it"),
        (archive(("/etc/x", b""), base="game-7"), "it holds /etc/x, which leads out of it"),
        (archive(("C:\\x", b""), base="game-7"), "which leads out of it"),
        (archive(("-C.apk", apk("game-7-de")), base="game-7"), "is not in plain letters"),
        (archive(("игра.apk", apk("game-7-de")), base="game-7"), "is not in plain letters"),
        (bomb("AndroidManifest.xml"), "unpacks to more than"),
        (bomb("big.apk"), "it unpacks to more than"),
        (lying_bomb(), "it is no whole archive"),
        (archive(("manifest.json", b"[")), "it holds neither"),
        (archive(("manifest.json", b"["), base="game-7"), "its manifest.json is no JSON"),
        (archive(("manifest.json", b"[" * 100_000), base="game-7"), "its manifest.json is no JSON"),
        (archive(("manifest.json", b"[1]"), base="game-7"), "is no JSON object"),
        (xapk(package_name="com.example.bank"), "its manifest.json names another package"),
        (xapk(expansions=3), "are no list"),
        (xapk(expansions=[{"file": "x"}]), "names a data file that is not there"),
        (
            xapk(
                expansions=[{"file": "base.apk", "install_path": "Android/data/com.example.bank"}]
            ),
            "belongs to another app",
        ),
        (
            xapk(
                expansions=[
                    {
                        "file": "base.apk",
                        "install_path": "Android/obb/com.example.game/../../../x",
                    }
                ]
            ),
            "is not in plain letters",
        ),
    ],
)
async def test_what_is_no_app_is_refused_and_leaves_nothing(
    files: StoredAppFiles, tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(errors.AppRefused) as refused:
        await facts_of(files, content)

    assert reason in refused.value.reason
    assert left(tmp_path) == []


async def test_what_is_too_large_is_not_read_on(files: StoredAppFiles, tmp_path: Path) -> None:
    asked = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield bytes(1000)

    with pytest.raises(errors.AppTooLarge) as refused:
        async with files.receive(endless(), limit=10_000):
            pass

    assert (refused.value.limit, asked) == (10_000, 11)
    assert left(tmp_path) == []


async def test_a_folder_that_can_not_be_written_is_told_as_a_lack_of_room(tmp_path: Path) -> None:
    (tmp_path / "apps").write_text("a file where the folder should be")
    files = StoredAppFiles(tmp_path / "apps", clock=StillClock(), chance=bytes)

    with pytest.raises(errors.AppLibraryFull):
        await facts_of(files, apk())


async def test_old_files_that_nothing_is_on_record_of_are_swept(
    files: StoredAppFiles, tmp_path: Path
) -> None:
    async with files.receive(pieces(apk()), limit=LIMIT) as received:
        await files.keep(received)
    for name in ("feed.apk", "incoming/dead/file"):
        file = tmp_path / "apps" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"left behind")

    await files.sweep({received.sha256})
    assert len(left(tmp_path)) == 3, "they were written lately: another server may be at it"

    later = StillClock()
    later.move(2 * 86_400 + (2**31 - START.timestamp()))
    await StoredAppFiles(tmp_path / "apps", clock=later, chance=bytes).sweep({received.sha256})
    assert left(tmp_path) == [f"{received.sha256}.apk"]


async def test_a_split_set_that_comes_in_small_pieces_is_the_same(files: StoredAppFiles) -> None:
    async with files.receive(pieces(split_set(), 7), limit=LIMIT) as received:
        assert received.sha256 == hashlib.sha256(split_set()).hexdigest()
