"""Files of a workstation, through the `files` script."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from ldfleet import errors
from ldfleet.domain.facts import FileStat
from ldfleet.transports.powershell import PowerShell, Script

CHECKSUM_S = 1800.0
"""Seconds; an instance's backup has gigabytes, and a hard disk reads 100 MB in one."""


class RemoteFiles:
    """Read, write and look, many files in one round trip."""

    def __init__(self, powershell: PowerShell, *, workstation: str) -> None:
        self._powershell = powershell
        self._workstation = workstation

    async def read(self, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """The bytes; None for what does not exist. Raises FileForbidden."""
        return {file["path"]: self._content(file) for file in await self._ask("read", paths)}

    async def existing(self, paths: Sequence[str]) -> frozenset[str]:
        """Those that exist."""
        return frozenset(file["path"] for file in await self._ask("stat", paths) if file["exists"])

    async def stat(self, paths: Sequence[str]) -> Mapping[str, FileStat | None]:
        """Size and time; None for what does not exist."""
        return {file["path"]: _stat(file) for file in await self._ask("stat", paths)}

    async def checksum(self, path: str) -> str | None:
        """Its SHA-256 in hex; None where there is none. Raises FileForbidden."""
        try:
            answer = await self._powershell.ask(
                Script.CHECKSUM, {"path": path}, deadline=CHECKSUM_S
            )
        except errors.CommandFailed as failed:
            raise self._refused(path, failed.output) from failed
        if answer.get("path") != path:
            raise self._powershell.nonsense("the checksum of another file")
        return str(answer["sha256"]) if answer["exists"] else None

    async def write(self, path: str, content: bytes) -> None:
        """Replace it in one step. Raises FileForbidden and DiskFull."""
        request = {"op": "write", "path": path, "content": base64.b64encode(content).decode()}
        try:
            await self._powershell.ask(Script.FILES, request)
        except errors.CommandFailed as failed:
            raise self._refused(path, failed.output) from failed

    async def remove(self, paths: Sequence[str]) -> frozenset[str]:
        """Those that were there and are not any more. Raises FileForbidden."""
        if not paths:
            return frozenset()
        request = {"op": "remove", "paths": list(paths)}
        try:
            answer = await self._powershell.ask(Script.FILES, request)
        except errors.CommandFailed as failed:
            raise self._refused(", ".join(paths), failed.output) from failed
        return frozenset(answer["removed"])

    async def _ask(self, op: str, paths: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        if not paths:
            return ()
        answer = await self._powershell.ask(Script.FILES, {"op": op, "paths": list(paths)})
        files: Sequence[Mapping[str, Any]] = answer.get("files", ())
        if [file.get("path") for file in files] != list(paths):
            raise self._powershell.nonsense(f"other files than the {len(paths)} asked for")
        return files

    def _content(self, file: Mapping[str, Any]) -> bytes | None:
        if file["error"] is not None:
            raise self._refused(file["path"], file["error"])
        return None if file["content"] is None else base64.b64decode(file["content"])

    def _refused(self, path: str, words: str) -> errors.FleetError:
        return errors.FileForbidden(workstation=self._workstation, path=path, reason=words)


def _stat(file: Mapping[str, Any]) -> FileStat | None:
    if not file["exists"]:
        return None
    return FileStat(
        directory=bool(file["directory"]),
        size=int(file["size"]),
        modified=float(file["modified"]),
    )
