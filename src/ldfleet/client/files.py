"""A file as the body of a request, for both clients: read piece by piece while it is sent."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx

_PIECE = 256 << 10


class FileStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """It begins anew each time the request is sent."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece
