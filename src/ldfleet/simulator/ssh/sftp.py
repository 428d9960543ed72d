"""SFTP of a simulated workstation: `/C:/folder/file`, as Windows' server has it."""

from dataclasses import dataclass, field
from typing import Any, cast

import asyncssh

from ldfleet.simulator.files import FileSystem, NoSpace

FOR_WRITING = 0x02  # SSH_FXF_WRITE
FOLDER, FILE = 0o040755, 0o100644


@dataclass(slots=True, kw_only=True)
class OpenFile:
    """What was written comes onto the disk piece by piece."""

    path: str
    content: bytearray = field(default_factory=bytearray)


class SimulatedSFTP(asyncssh.SFTPServer):
    """Over the machine's file system; asyncssh calls what it needs by these names."""

    def __init__(self, chan: Any, files: FileSystem) -> None:
        cast("Any", super()).__init__(chan)  # asyncssh leaves its type open
        self._files = files

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        del attrs
        name = windows(path)
        with refused():
            if pflags & FOR_WRITING:
                self._files.write(name, b"")
                return OpenFile(path=name)
            return OpenFile(path=name, content=bytearray(self._files.read(name)))

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        return bytes(_opened(file_obj).content[offset : offset + size])

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        file = _opened(file_obj)
        file.content.extend(bytes(max(0, offset - len(file.content))))
        file.content[offset : offset + len(data)] = data
        with refused():
            self._files.write(file.path, bytes(file.content))
        return len(data)

    def close(self, file_obj: object) -> None:
        del file_obj

    def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        with refused():
            node = self._files.find(windows(path))
        if node is None:
            raise asyncssh.SFTPNoSuchFile("No such file")
        return asyncssh.SFTPAttrs(size=node.size, permissions=FOLDER if node.is_directory else FILE)

    def lstat(self, path: bytes) -> asyncssh.SFTPAttrs:
        return self.stat(path)

    def fstat(self, file_obj: object) -> asyncssh.SFTPAttrs:
        return self.stat(f"/{_opened(file_obj).path}".encode())

    def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        del attrs
        with refused():
            self._files.make_directory(windows(path))

    def remove(self, path: bytes) -> None:
        with refused():
            if not self._files.remove(windows(path)):
                raise FileNotFoundError

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        with refused():
            self._files.replace(windows(oldpath), windows(newpath))

    def realpath(self, path: bytes) -> bytes:
        return path if path.startswith(b"/") else b"/C:/" + path


class refused:  # noqa: N801 - it reads as a statement
    """What the file system refuses, as SFTP 3 says it."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        del kind, traceback
        if isinstance(error, NoSpace):
            raise asyncssh.SFTPFailure("Failure") from error
        if isinstance(error, FileNotFoundError):
            raise asyncssh.SFTPNoSuchFile("No such file") from error
        if isinstance(error, OSError):
            raise asyncssh.SFTPPermissionDenied("Permission denied") from error


def windows(path: bytes) -> str:
    return path.decode().removeprefix("/").replace("/", "\\")


def _opened(file_obj: object) -> OpenFile:
    if not isinstance(file_obj, OpenFile):
        raise asyncssh.SFTPInvalidHandle("Invalid handle")
    return file_obj
