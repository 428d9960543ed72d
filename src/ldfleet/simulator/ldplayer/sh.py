"""Android's shell, as far as one line of ADB needs it: `;`, `&&`, `|`, quotes and `$?`."""

import base64
import re
import shlex
from collections.abc import Callable, Iterator, Sequence

from ldfleet.simulator.ldplayer.guest import Answer, Guest, shell

NO_SYNTAX = (b"/system/bin/sh: syntax error\n", 1)
_ENDS = {";", "&&"}
_LINE = 76  # characters of toybox's base64


def run(guest: Guest, line: str) -> Answer:
    """What the line prints, lines ending as Android ends them, and its exit code."""
    try:
        parts = list(_parts(line))
    except ValueError:
        return NO_SYNTAX
    printed = bytearray()
    code = 0
    for after, pipeline in parts:
        if after == "&&" and code:
            continue
        out, code = _piped(guest, pipeline, code)
        printed += out
    return bytes(printed), code


def _parts(line: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Pipelines with what stands before each. Raises ValueError for an open quote."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";|&")
    lexer.whitespace_split = True
    lexer.commenters = ""
    before = ";"
    pipeline: list[list[str]] = [[]]
    for word in lexer:
        if word in _ENDS:
            yield before, pipeline
            before = word
            pipeline = [[]]
        elif word == "|":
            pipeline.append([])
        else:
            pipeline[-1].append(word)
    yield before, pipeline


def _piped(guest: Guest, pipeline: Sequence[Sequence[str]], last_code: int) -> Answer:
    first, *filters = pipeline
    out, code = shell(guest, [word.replace("$?", str(last_code)) for word in first])
    for name, *words in filters:
        if [name, *words[:1]] == ["xargs", "-0"]:
            out, code = shell(guest, [*words[1:], out.decode().rstrip("\0")])
            continue
        through = FILTERS.get(name)
        if through is None:
            return f"/system/bin/sh: {name}: not found\n".encode(), 127
        out, code = through(out, words)
    return out, code


def _grep(data: bytes, words: Sequence[str]) -> Answer:
    wanted = re.compile(next(word for word in words if not word.startswith("-")).encode())
    lines = [line for line in data.splitlines(keepends=True) if wanted.search(line)]
    return b"".join(lines), 0 if lines else 1


def _base64(data: bytes, words: Sequence[str]) -> Answer:
    if "-d" in words:
        return base64.b64decode(data), 0
    text = base64.b64encode(data)
    return b"".join(text[at : at + _LINE] + b"\n" for at in range(0, len(text), _LINE)), 0


FILTERS: dict[str, Callable[[bytes, Sequence[str]], Answer]] = {"grep": _grep, "base64": _base64}
