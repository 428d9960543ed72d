"""Files of any size over SFTP."""

import re
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast

import asyncssh
from asyncssh import constants

from ldfleet import errors
from ldfleet.shield import unbroken
from ldfleet.transports.place import Place
from ldfleet.transports.ssh.faults import translated
from ldfleet.transports.ssh.run import NOT_OPENED

PIECE = 1 << 20
"""Bytes; asyncssh has many requests for parts of one under way."""
_REFUSALS = (asyncssh.SFTPFailure, asyncssh.SFTPPermissionDenied, asyncssh.SFTPOpUnsupported)
_DRIVE = re.compile(r"[A-Za-z]:")


def as_sftp(path: str) -> str:
    r"""`C:\\folder\\file` as Windows' SFTP server takes it: `/C:/folder/file`."""
    return "/" + path.replace("\\", "/") if _DRIVE.match(path) else path


async def send(
    connection: asyncssh.SSHClientConnection,
    path: str,
    pieces: AsyncIterable[bytes],
    *,
    place: Place,
) -> None:
    """See `ports.Transport.send_file`."""
    target = as_sftp(path)
    aside = f"{target}.ldfleet-tmp"
    with _told(connection, place, path):
        async with _client(connection) as sftp:
            await _make(sftp, target.rpartition("/")[0])
            try:
                async with sftp.open(aside, "wb") as file:
                    async for piece in pieces:
                        await file.write(piece)
                await sftp.posix_rename(aside, target)
            except BaseException:
                await unbroken(_forget(sftp, aside))
                raise


@asynccontextmanager
async def fetch(
    connection: asyncssh.SSHClientConnection, path: str, *, place: Place
) -> AsyncGenerator[AsyncIterator[bytes]]:
    """See `ports.Transport.fetch_file`."""
    with _told(connection, place, path):
        async with _client(connection) as sftp, sftp.open(as_sftp(path), "rb") as file:
            yield _pieces(file)


async def _pieces(file: Any) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE):
        yield piece


async def _make(sftp: Any, folder: str) -> None:
    # asyncssh's own would begin by making `/`, which Windows has no word for.
    if folder and not await sftp.isdir(folder):
        await _make(sftp, folder.rpartition("/")[0])
        await sftp.mkdir(folder)


async def _forget(sftp: Any, path: str) -> None:
    try:
        await sftp.remove(path)
    except (asyncssh.Error, OSError):
        return  # it was not made, or the link is lost: the next one replaces it


def _client(connection: asyncssh.SSHClientConnection) -> Any:
    # asyncssh leaves the types of its generics open.
    return cast("Any", connection).start_sftp_client()


def _unopened(error: asyncssh.ChannelOpenError, place: Place) -> Exception:
    if error.code == constants.OPEN_REQUEST_SESSION_FAILED:
        return errors.FileTransferUnsupported(
            workstation=place.workstation, reason="its SSH server offers no SFTP"
        )
    if error.code in NOT_OPENED:
        return errors.WorkstationBusy(workstation=place.workstation, reason=error.reason)
    return error


@contextmanager
def _told(connection: asyncssh.SSHClientConnection, place: Place, path: str) -> Generator[None]:
    with translated(place):
        try:
            yield
        except asyncssh.ChannelOpenError as error:
            if connection.is_closed():
                raise
            raise _unopened(error, place) from error
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath) as error:
            raise errors.FileMissing(workstation=place.workstation, path=path) from error
        except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection) as error:
            raise errors.WorkstationUnreachable(
                workstation=place.workstation, address=place.authority, reason=error.reason
            ) from error
        except _REFUSALS as error:
            # SFTP 3 has one word for a full disk and all else.
            raise errors.FileForbidden(
                workstation=place.workstation, path=path, reason=error.reason
            ) from error
