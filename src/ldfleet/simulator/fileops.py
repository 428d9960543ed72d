"""The operations of the `files` script (docs/reference/scripts.md), on simulated drives."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from ldfleet.simulator.files import FileSystem

LARGEST = 4 << 20

Request = dict[str, Any]  # JSON of a caller: whatever is in it is checked where it is used
Answer = dict[str, object]


def read(files: FileSystem, request: Request) -> Answer:
    return {"files": [_read_one(files, path) for path in _paths(request)]}


def stat(files: FileSystem, request: Request) -> Answer:
    return {"files": [_stat_one(files, path) for path in _paths(request)]}


def list_(files: FileSystem, request: Request) -> Answer:
    return {
        "files": [
            {"path": path, "exists": files.exists(path), "names": files.names(path)}
            for path in _paths(request)
        ]
    }


def write(files: FileSystem, request: Request) -> Answer:
    path = str(request["path"])
    content = base64.b64decode(request["content"], validate=True)
    temporary = f"{path}.ldfleet-tmp"
    files.write(temporary, content)
    files.replace(temporary, path)
    return {"written": len(content)}


def remove(files: FileSystem, request: Request) -> Answer:
    return {"removed": [path for path in _paths(request) if files.remove(path)]}


def checksum(files: FileSystem, path: str) -> Answer:
    """A huge file has no content: it is told apart by its size and when it was written."""
    node = files.find(path)
    if node is None or node.is_directory:
        return {"path": path, "exists": False, "size": 0, "sha256": None}
    huge = f"{node.size} bytes of {node.modified}".encode()
    content = huge if node.content is None else node.content
    digest = hashlib.sha256(content).hexdigest()
    return {"path": path, "exists": True, "size": node.size, "sha256": digest}


def _paths(request: Request) -> list[str]:
    return [str(path) for path in request["paths"]]


def _read_one(files: FileSystem, path: str) -> Answer:
    answer: Answer = {"path": path, "exists": True, "content": None, "error": None}
    try:
        node = files.find(path)
        if node is None:
            answer["exists"] = False
        elif node.size > LARGEST:
            answer["error"] = "too large"
        else:
            answer["content"] = base64.b64encode(files.read(path)).decode()
    except OSError as refusal:
        answer["error"] = str(refusal)
    return answer


def _stat_one(files: FileSystem, path: str) -> Answer:
    node = files.find(path)
    if node is None:
        return {"path": path, "exists": False, "directory": False, "size": 0, "modified": 0}
    size = 0 if node.is_directory else node.size
    return {
        "path": path,
        "exists": True,
        "directory": node.is_directory,
        "size": size,
        "modified": node.modified,
    }


OPERATIONS: dict[str, Callable[[FileSystem, Request], Answer]] = {
    "read": read,
    "stat": stat,
    "list": list_,
    "write": write,
    "remove": remove,
}
