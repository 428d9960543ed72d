"""Files of the PC that ldfleet runs on."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from ldfleet import errors

PIECE = 1 << 20  # bytes


class OwnFiles:
    """Fulfils `Bulk`; a slow disk holds nobody up."""

    def __init__(self, *, workstation: str) -> None:
        self._workstation = workstation

    async def send_file(self, path: str, pieces: AsyncIterable[bytes]) -> None:
        """See `ports.Transport`."""
        aside = Path(f"{path}.ldfleet-tmp")
        try:
            await asyncio.to_thread(aside.parent.mkdir, parents=True, exist_ok=True)
            try:
                await self._fill(aside, pieces)
                await asyncio.to_thread(aside.replace, path)
            finally:
                await asyncio.to_thread(aside.unlink, missing_ok=True)
        except OSError as error:
            raise self._refused(path, error) from error

    @asynccontextmanager
    async def fetch_file(self, path: str) -> AsyncGenerator[AsyncIterator[bytes]]:
        """See `ports.Transport`."""
        try:
            file = await asyncio.to_thread(Path(path).open, "rb")
        except FileNotFoundError as error:
            raise errors.FileMissing(workstation=self._workstation, path=path) from error
        except OSError as error:
            raise self._refused(path, error) from error
        try:
            yield _pieces(file)
        finally:
            await asyncio.to_thread(file.close)

    async def _fill(self, path: Path, pieces: AsyncIterable[bytes]) -> None:
        file = await asyncio.to_thread(path.open, "wb")
        try:
            async for piece in pieces:
                await asyncio.to_thread(file.write, piece)
        finally:
            await asyncio.to_thread(file.close)

    def _refused(self, path: str, error: OSError) -> errors.FileForbidden:
        return errors.FileForbidden(
            workstation=self._workstation, path=path, reason=error.strerror or str(error)
        )


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, PIECE):
        yield piece
