"""A Windows file system in memory: drives, paths that ignore case, full disks, refused access."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

GIB = 1 << 30


class NoSpace(OSError):
    """The drive is full."""

    def __init__(self) -> None:
        super().__init__("There is not enough space on the disk.")


@dataclass(slots=True)
class Node:
    """A file or a directory. A huge file has a size and no content."""

    name: str
    modified: float
    content: bytes | None = None
    size: int = 0
    children: "dict[str, Node] | None" = None

    @property
    def is_directory(self) -> bool:
        return self.children is not None


@dataclass(slots=True, kw_only=True)
class Drive:
    """`other` bytes belong to what is not simulated: Windows, programs, the user's things."""

    letter: str
    size: int
    other: int
    used: int = 0
    forced_free: int | None = None
    root: Node = field(default_factory=lambda: Node("", 0.0, children={}))

    @property
    def free(self) -> int:
        if self.forced_free is not None:
            return self.forced_free
        return max(self.size - self.other - self.used, 0)


class FileSystem:
    """Paths are absolute, with a drive; both slashes are understood."""

    def __init__(self, drives: list[Drive], wall: Callable[[], float]) -> None:
        self.drives = {drive.letter.upper(): drive for drive in drives}
        self.denied = ""
        self.hidden: tuple[str, ...] = ()
        self._wall = wall
        self._watchers: dict[str, list[asyncio.Future[None]]] = {}

    def find(self, path: str) -> Node | None:
        """The node there, or None.

        Raises:
            PermissionError: the path is refused.
        """
        drive, names = self._parts(path)
        self._check(path)
        node = drive.root if drive else None
        for name in names:
            if node is None or node.children is None:
                return None
            node = node.children.get(name.lower())
        return node

    def exists(self, path: str) -> bool:
        return self.find(path) is not None

    def read(self, path: str) -> bytes:
        """A file's bytes.

        Raises:
            FileNotFoundError, PermissionError, IsADirectoryError: as their names say.
        """
        node = self.find(path)
        if node is None:
            raise FileNotFoundError(f"Could not find file '{path}'.")
        if node.is_directory:
            raise IsADirectoryError(f"Access to the path '{path}' is denied.")
        return node.content if node.content is not None else b""

    def write(self, path: str, content: bytes, *, size: int | None = None) -> None:
        """Create or replace a file; its directories are made.

        Raises:
            NoSpace: the drive is full.
            FileNotFoundError: there is no such drive.
            PermissionError: the path is refused, or a directory.
        """
        self._check(path)
        parent, name, drive = self._parent(path)
        children = _children(parent, path)
        old = children.get(name.lower())
        if old is not None and old.is_directory:
            raise PermissionError(f"Access to the path '{path}' is denied.")
        new_size = len(content) if size is None else size
        growth = new_size - (old.size if old else 0)
        if growth > 0 and growth > drive.free:
            raise NoSpace
        drive.used += growth
        kept = content if size is None else None
        children[name.lower()] = Node(old.name if old else name, self._wall(), kept, new_size)
        self._tell(path)

    def replace(self, source: str, target: str) -> None:
        """Rename over the target in one step.

        Raises:
            FileNotFoundError: the source is not there.
        """
        self._check(source)
        self._check(target)
        parent, name, drive = self._parent(source)
        node = _children(parent, source).pop(name.lower(), None)
        if node is None:
            raise FileNotFoundError(f"Could not find file '{source}'.")
        target_parent, target_name, target_drive = self._parent(target)
        children = _children(target_parent, target)
        gone = children.pop(target_name.lower(), None)
        if gone is not None:
            target_drive.used -= gone.size
        node.name = target_name
        children[target_name.lower()] = node
        drive.used -= node.size
        target_drive.used += node.size
        self._tell(target)

    def make_directory(self, path: str) -> None:
        drive, names = self._parts(path)
        if drive is None:
            raise FileNotFoundError(f"Could not find a part of the path '{path}'.")
        self._check(path)
        self._walk(drive, names, path)

    def remove(self, path: str) -> bool:
        """Remove a file, or a directory with what is in it; False when nothing was there."""
        node = self.find(path)
        if node is None or not _split(path):
            return False
        if self.denied and _is_below(self.denied, path):
            raise PermissionError(f"Access to the path '{self.denied}' is denied.")
        parent, name, drive = self._parent(path)
        _children(parent, path).pop(name.lower(), None)
        drive.used -= sum(file.size for file in _files(node))
        return True

    def names(self, path: str) -> list[str]:
        """The names in a directory, in order; empty for a file or nothing."""
        node = self.find(path)
        if node is None or node.children is None:
            return []
        return [child.name for _, child in sorted(node.children.items())]

    def size_of(self, path: str) -> int:
        """Bytes of a file, or of all files below a directory."""
        node = self.find(path)
        return sum(file.size for file in _files(node)) if node else 0

    def when_there(self, path: str) -> "asyncio.Future[None]":
        """Done once the file is written or renamed into place."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.exists(path):
            future.set_result(None)
        else:
            self._watchers.setdefault(_key(path), []).append(future)
        return future

    def forget(self, path: str, future: "asyncio.Future[None]") -> None:
        """Stop watching."""
        watchers = self._watchers.get(_key(path), [])
        if future in watchers:
            watchers.remove(future)
        if not watchers:
            self._watchers.pop(_key(path), None)

    def is_hidden(self, path: str) -> bool:
        """Whether the path is, for now, as if it had never been there."""
        return any(_is_below(path, hidden) for hidden in self.hidden)

    def _tell(self, path: str) -> None:
        for future in self._watchers.pop(_key(path), []):
            if not future.done():
                future.set_result(None)

    def _check(self, path: str) -> None:
        if self.denied and _is_below(path, self.denied):
            raise PermissionError(f"Access to the path '{path}' is denied.")

    def _parts(self, path: str) -> tuple[Drive | None, list[str]]:
        if self.is_hidden(path):
            return None, []
        return self.drives.get(path[:1].upper() if path[1:2] == ":" else ""), _split(path)

    def _parent(self, path: str) -> tuple[Node, str, Drive]:
        drive, names = self._parts(path)
        if drive is None or not names:
            raise FileNotFoundError(f"Could not find a part of the path '{path}'.")
        return self._walk(drive, names[:-1], path), names[-1], drive

    def _walk(self, drive: Drive, names: list[str], path: str) -> Node:
        node = drive.root
        for name in names:
            children = _children(node, path)
            node = children.setdefault(name.lower(), Node(name, self._wall(), children={}))
        return node


def _children(node: Node, path: str) -> dict[str, Node]:
    if node.children is None:
        raise PermissionError(f"Access to the path '{path}' is denied.")
    return node.children


def _files(node: Node) -> Iterator[Node]:
    if node.children is None:
        yield node
        return
    for child in node.children.values():
        yield from _files(child)


def _split(path: str) -> list[str]:
    return [name for name in path[2:].replace("/", "\\").split("\\") if name and name != "."]


def _key(path: str) -> str:
    return path[:2].lower() + "\\" + "\\".join(_split(path)).lower()


def _is_below(path: str, ancestor: str) -> bool:
    key, above = _key(path), _key(ancestor)
    return key == above or key.startswith(above + "\\")
