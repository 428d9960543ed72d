"""cmd.exe's reading of a line: per cents, quotes, carets, operators and redirections."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

OPERATORS = ("&&", "||", "&", "|")
SPECIAL = "&<>()@^|"
# Whole runs of what means nothing special: scripts on a command line are 8,000 characters long.
_PLAIN = {True: re.compile(r'[^"]+'), False: re.compile(r'[^"^&|<>]+')}


@dataclass(slots=True)
class Redirection:
    stream: int
    """0 standard input, 1 output, 2 errors."""
    target: str
    append: bool = False


@dataclass(slots=True)
class Segment:
    """One command; `operator` is what stands before it."""

    operator: str
    text: str = ""
    redirections: list[Redirection] = field(default_factory=list[Redirection])


def strip_quotes(line: str, *, is_program: Callable[[str], bool]) -> str:
    """What /C leaves of a line that begins with a quote (`cmd /?`).

    Exactly two quotes, nothing special and a blank between them, and the name of a program: they
    stay. Else the first and the last go.
    """
    line = line.strip(" ")
    if not line.startswith('"'):
        return line
    inner = line[1:].partition('"')[0]
    plain = not any(character in SPECIAL for character in inner) and " " in inner
    if line.count('"') == 2 and plain and is_program(inner):  # noqa: PLR2004 - "exactly two"
        return line
    last = line.rfind('"')
    return line[1:last] + line[last + 1 :] if last > 0 else line[1:]


def expand(line: str, environment: Mapping[str, str]) -> str:
    """Put variables in; a name that is not set stays as it was, as at the prompt."""
    known = {name.upper(): value for name, value in environment.items()}

    def value(match: re.Match[str]) -> str:
        return known.get(match.group(1).upper(), match.group(0))

    return re.sub(r"%([^%:=]+)%", value, line)


def parse(line: str) -> list[Segment]:
    """The commands of a line. The text behind a line feed is lost."""
    return _Reader(re.split(r"[\r\n]", line, maxsplit=1)[0]).segments()


class _Reader:
    def __init__(self, line: str) -> None:
        self._line = line
        self._at = 0
        self._quoted = False
        self._segment = Segment("")
        self._segments = [self._segment]

    def segments(self) -> list[Segment]:
        while self._at < len(self._line):
            if run := _PLAIN[self._quoted].match(self._line, self._at):
                self._segment.text += run[0]
                self._at = run.end()
            else:
                self._step(self._line[self._at])
        return [segment for segment in self._segments if segment.text.strip()]

    def _step(self, character: str) -> None:
        if character == '"':
            self._quoted = not self._quoted
        elif character == "^":
            self._at += 1
            character = self._line[self._at : self._at + 1]
        elif character in "&|":
            self._operator()
            return
        elif character in "<>":
            self._redirection(character)
            return
        self._segment.text += character
        self._at += 1

    def _operator(self) -> None:
        rest = self._line[self._at :]
        operator = next(sign for sign in OPERATORS if rest.startswith(sign))
        self._segment = Segment(operator)
        self._segments.append(self._segment)
        self._at += len(operator)

    def _redirection(self, sign: str) -> None:
        stream = 1 if sign == ">" else 0
        digit = re.search(r"(?:^|[ \t])([012])$", self._segment.text)
        if digit:
            stream = int(digit.group(1))
            self._segment.text = self._segment.text[:-1]
        self._at += 1
        append = self._line.startswith(">", self._at)
        self._at += append
        if target := re.compile(r'\s*(&[0-9]|"[^"]*"|[^\s&|<>]+)').match(self._line, self._at):
            self._at = target.end()
            name = target.group(1).strip('"')
            self._segment.redirections.append(Redirection(stream, name, append))
