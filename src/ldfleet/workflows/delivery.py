"""Bring an app of the library to a workstation, once for all its emulators.

Over SSH it is sent by SFTP, where this process has the library's files. Else the workstation
fetches it itself, by curl.exe and with a token that is good once: over WinRM a file that is sent
takes a round trip for every few hundred kilobytes. The token goes in by
standard input, so that no list of processes shows it. What has come is kept in a folder there,
and an index beside it says which file was seen whole.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any, Self

from ldfleet import errors
from ldfleet.domain.app import LibraryApp, Packing
from ldfleet.domain.facts import FileStat
from ldfleet.domain.workstation import TransportKind
from ldfleet.ports import Ticket
from ldfleet.telemetry import redact
from ldfleet.workflows.errand import Errand
from ldfleet.workflows.lock import lock_on

CACHE = r"C:\ProgramData\LDFleet\apps"
INDEX = rf"{CACHE}\index.json"
LOCK_FILE = rf"{CACHE}\lock.json"
CURL = r"C:\Windows\System32\curl.exe"
TAR = r"C:\Windows\System32\tar.exe"
CACHE_LIMIT = 20 << 30
"""Bytes that are kept there; what was used least lately goes first."""
IN_USE = timedelta(hours=1)
"""What was used so lately may be being installed now."""
ROOM = 1 << 30
"""Bytes that are left free on the drive."""
CONNECTING = 20  # seconds
LEAST_FETCHING = 60.0
UNPACKING = 600.0
_TOLD = 300  # characters of what curl said


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file in the folder, as the index has it."""

    name: str
    sha256: str
    size: int
    modified: float
    """As the PC said when the file was whole; 0 while it is fetched."""
    used: float
    """When it was installed last, by the server's clock."""

    @property
    def path(self) -> str:
        """The file."""
        return rf"{CACHE}\{self.name}"

    @property
    def folder(self) -> str:
        """What was unpacked of it."""
        return f"{self.path}.d"

    def is_as(self, found: FileStat | None) -> bool:
        """Whether it is the file that was seen whole."""
        if found is None or self.modified == 0:
            return False
        return (found.size, found.modified) == (self.size, self.modified)

    @classmethod
    def load(cls, told: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError, ValueError for what is none."""
        return cls(
            name=str(told["name"]),
            sha256=str(told["sha256"]),
            size=int(told["size"]),
            modified=float(told["modified"]),
            used=float(told["used"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """An app that lies on the workstation."""

    file: str
    apks: Sequence[str]
    """What Android takes: the file itself, or the base and the splits of a set."""
    data_files: Sequence[tuple[str, str]]
    """Files there, and their places below Android's shared storage."""
    fetched: bool
    """It was not there before."""


async def deliver(errand: Errand, app: LibraryApp) -> Delivered:
    """Have it there, seen whole by its checksum.

    Raises:
        AppTransferFailed: the workstation could not fetch it, or something else came.
        NotEnoughDisk: there is no room for it.
        PublicUrlNeeded: and what the transport raises.
    """
    own = await _library_here(errand, app)
    if own is not None:
        return _delivered(app, own, f"{CACHE}\\{app.sha256}.d", fetched=False)
    cache = _Cache(errand)
    kept = await cache.find(app)
    fetched = False
    if kept is None:
        async with lock_on(errand, LOCK_FILE):
            kept = await cache.find(app)
            if kept is None:
                fetched = True
                kept = await _fetched(errand, cache, app)
    return _delivered(app, kept.path, kept.folder, fetched=fetched)


async def unpack(errand: Errand, app: LibraryApp, there: Delivered) -> None:
    """Have the parts of a set there; what is there already stays."""
    wanted = [*there.apks, *(place for place, _ in there.data_files)]
    if app.facts.packing is Packing.APK or len(await _exist(errand, wanted)) == len(wanted):
        return
    folder = _folder_of(app, wanted[0])
    members = [*app.facts.apks, *(place for place, _ in app.facts.data_files)]

    async def act() -> None:
        # It is there once a file is in it.
        await errand.transport.write_file(rf"{folder}\app.txt", app.sha256.encode())
        argv = (TAR, "-xf", there.file, "-C", folder, *members)
        result = await errand.transport.run(argv, deadline=UNPACKING)
        if result.exit_code != 0:
            said = result.stderr.decode(errors="replace").strip()[:_TOLD]
            raise errors.AppTransferFailed(
                workstation=errand.workstation.name,
                app=app.id,
                url=there.file,
                reason=f"it can't be unpacked there: {said}",
            )

    await errand.through(act, acts=True)


def _folder_of(app: LibraryApp, first: str) -> str:
    return first[: -len(app.facts.apks[0]) - 1]


async def _exist(errand: Errand, paths: Sequence[str]) -> frozenset[str]:
    return await errand.through(lambda: errand.transport.exists(paths), begun=True)


async def _library_here(errand: Errand, app: LibraryApp) -> str | None:
    """The library's own file, where the server runs on the workstation itself."""
    if errand.workstation.address.transport is not TransportKind.LOCAL:
        return None
    place = errand.tickets.place_here(app)
    found = (await errand.transport.stat([place]))[place]
    return place if found is not None and found.size == app.size else None


def _delivered(app: LibraryApp, file: str, folder: str, *, fetched: bool) -> Delivered:
    def inside(place: str) -> str:
        return "\\".join([folder, *place.split("/")])

    alone = app.facts.packing is Packing.APK
    return Delivered(
        file=file,
        apks=[file] if alone else [inside(place) for place in app.facts.apks],
        data_files=[(inside(place), target) for place, target in app.facts.data_files],
        fetched=fetched,
    )


class _Cache:
    """The folder on one workstation."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand

    async def find(self, app: LibraryApp) -> Kept | None:
        """The file of that app, if it is there as it was seen whole."""
        kept = next((each for each in await self.read() if each.sha256 == app.sha256), None)
        if kept is None:
            return None
        found = await self._errand.through(
            lambda: self._errand.transport.stat([kept.path]), begun=True
        )
        return kept if kept.is_as(found[kept.path]) else None

    async def read(self) -> Sequence[Kept]:
        """What the index has; nothing where it is damaged or not there."""
        found = await self._errand.through(
            lambda: self._errand.transport.read_files([INDEX]), begun=True
        )
        try:
            return [Kept.load(each) for each in json.loads(found[INDEX] or b"[]")]
        except (ValueError, TypeError, KeyError):
            return []

    async def write(self, kept: Sequence[Kept]) -> None:
        content = json.dumps([asdict(each) for each in kept], indent=1).encode()
        await self._errand.through(
            lambda: self._errand.transport.write_file(INDEX, content), acts=True
        )

    async def make_room(self, needed: int) -> Sequence[Kept]:
        """Remove what was used least lately until there is room; what is left."""
        kept = sorted(await self.read(), key=lambda each: each.used)
        latest = self._now() - IN_USE.total_seconds()
        gone: list[Kept] = []
        while kept and kept[0].used < latest and _size(kept) + needed > CACHE_LIMIT:
            gone.append(kept.pop(0))
        torn = [each for each in kept if each.modified == 0 and each.used < latest]
        gone += torn
        await self.remove(gone)
        return [each for each in kept if each not in torn]

    async def remove(self, gone: Sequence[Kept]) -> None:
        paths = [path for each in gone for path in (each.path, each.folder)]
        try:
            await self._errand.transport.remove_files(paths)
        except errors.FileForbidden as error:
            await self._errand.journal.log("cache.not_removed", reason=str(error))

    def entry(self, app: LibraryApp) -> Kept:
        """That of a file that is about to be fetched; each try has a name of its own."""
        facts, operation = app.facts, self._errand.operation
        number = self._errand.new_id("try")[-6:]
        name = f"{facts.package}-{facts.version_code}-{operation.id[-6:]}-{number}.{facts.packing}"
        return Kept(name=name, sha256=app.sha256, size=app.size, modified=0, used=self._now())

    def _now(self) -> float:
        return self._errand.clock.now().timestamp()


def _size(kept: Sequence[Kept]) -> int:
    return sum(each.size for each in kept)


async def _fetched(errand: Errand, cache: _Cache, app: LibraryApp) -> Kept:
    await errand.journal.progress(0.12, f"bringing {app.size >> 20} MiB to the workstation")
    others = [each for each in await cache.make_room(app.size) if each.sha256 != app.sha256]
    await _check_room(errand, app)
    coming = cache.entry(app)
    # First on record: what is left of a fetch that was cut off is found by that, and swept.
    await cache.write([*others, coming])
    try:
        await errand.through(lambda: _bring(errand, app, coming))
        kept = await _seen_whole(errand, app, coming)
    except errors.AppTransferFailed:
        await cache.remove([coming])
        await cache.write(others)
        raise
    await cache.write([*others, kept])
    return kept


async def _check_room(errand: Errand, app: LibraryApp) -> None:
    drive = CACHE[0]
    facts = await errand.through(errand.transport.query, begun=True)
    disk = next((each for each in facts.disks if each.letter[:1].upper() == drive), None)
    copies = 1 if app.facts.packing is Packing.APK else 2  # it is unpacked there
    needed = copies * app.size + ROOM
    if disk is not None and disk.free < needed:
        raise errors.NotEnoughDisk(
            workstation=errand.workstation.name, drive=drive, free=disk.free, needed=needed
        )


async def _bring(errand: Errand, app: LibraryApp, coming: Kept) -> None:
    pieces = errand.tickets.pieces(app)
    if pieces is not None:
        try:
            await errand.transport.send_file(coming.path, pieces)
        except errors.FileTransferUnsupported:
            pass  # then the workstation fetches it
        else:
            return
    await _fetch(errand, app, coming)


async def _fetch(errand: Errand, app: LibraryApp, coming: Kept) -> None:
    ticket = await errand.tickets.issue(errand.operation, errand.workstation, app)
    seconds = max(errand.seconds_left, LEAST_FETCHING)
    result = await errand.transport.run(
        (CURL, "-q", "-K", "-"),
        deadline=seconds + CONNECTING,
        stdin=_told_curl(ticket, coming.path, seconds),
    )
    if result.exit_code != 0:
        said = result.stderr.decode(errors="replace").strip()[:_TOLD]
        reason = str(redact(said)) or f"curl.exe ended with {result.exit_code}"
        raise errors.AppTransferFailed(
            workstation=errand.workstation.name, app=app.id, url=ticket.url, reason=reason
        )


def _told_curl(ticket: Ticket, path: str, seconds: float) -> bytes:
    """Its configuration, as `curl -K` reads it; in quotes a backslash is written twice."""
    output = path.replace("\\", "\\\\")
    lines = [
        f'url = "{ticket.url}"',
        f'header = "Authorization: Bearer {ticket.token}"',
        f'output = "{output}"',
        'proto = "=http,https"',
        f"connect-timeout = {CONNECTING}",
        f"max-time = {round(seconds)}",
        "create-dirs",
        "fail",
        "silent",
        "show-error",
    ]
    return "\n".join([*lines, ""]).encode()


async def _seen_whole(errand: Errand, app: LibraryApp, coming: Kept) -> Kept:
    await errand.journal.progress(0.2, "comparing its checksum")
    sha256 = await errand.through(lambda: errand.transport.checksum(coming.path), begun=True)
    found = (await errand.through(lambda: errand.transport.stat([coming.path]), begun=True))[
        coming.path
    ]
    if sha256 != app.sha256 or found is None:
        came = "nothing" if found is None else f"{found.size} bytes with another checksum"
        raise errors.AppTransferFailed(
            workstation=errand.workstation.name,
            app=app.id,
            url=coming.path,
            reason=f"{app.size} bytes were to come, and there came {came}",
        )
    return replace(coming, size=found.size, modified=found.modified)
