"""A small cmd.exe: it really splits lines, so an injection into one really runs."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from ldfleet.simulator import cmdline
from ldfleet.simulator.cmdline import Segment
from ldfleet.simulator.host import Invocation, encode
from ldfleet.simulator.pipes import Input

LONGEST_LINE = 8191
VERSION = "Microsoft Windows [Version 10.0.19045.5011]"
SWITCHES = re.compile(r"^\s*(?:/[a-z](?::\w+)?\s+)*?/([ck])\s?(.*)$", re.IGNORECASE | re.DOTALL)
WORD = re.compile(r'\s*@?\s*((?:"[^"]*"?|[^\s"])+)(.*)$', re.DOTALL)


@dataclass(slots=True)
class Result:
    """What a command left behind."""

    out: bytes = b""
    err: bytes = b""
    code: int = 0


async def cmd(invocation: Invocation) -> int:
    """Cmd.exe: `/C line`, or commands from standard input."""
    shell = Shell(invocation)
    match = SWITCHES.match(invocation.tail)
    if match:
        return await shell.command(match.group(2))
    invocation.out(f"{VERSION}\r\n(c) Microsoft Corporation. All rights reserved.\r\n\r\n")
    typed = await invocation.process.input.read_all()
    for line in typed.decode("utf-8", errors="replace").splitlines():
        await shell.line(line)
        if shell.left:
            break
    return shell.code


class Shell:
    """One cmd.exe: its directory, its variables, its error level."""

    def __init__(self, invocation: Invocation) -> None:
        self.invocation = invocation
        self.host = invocation.host
        self.directory = invocation.start.directory
        self.environment = dict(invocation.start.environment)
        self.code = 0
        self.left = False

    async def command(self, line: str) -> int:
        """What `/C` does with the rest of the line."""
        if len(line) > LONGEST_LINE:
            self.invocation.err("The command line is too long.\r\n")
            return 1
        return await self.line(cmdline.strip_quotes(line, is_program=self._is_program))

    async def line(self, line: str) -> int:
        piped: bytes | None = None
        segments = cmdline.parse(cmdline.expand(line, self.environment))
        for number, segment in enumerate(segments):
            if self.left or not self._wanted(segment.operator):
                continue
            into_pipe = number + 1 < len(segments) and segments[number + 1].operator == "|"
            result = await self._segment(segment, piped, hold=into_pipe)
            piped = result.out if into_pipe else None
            self.code = result.code
        return self.code

    def text(self, text: str, code: int = 0) -> Result:
        return Result(out=encode(text, self.invocation.start.code_page), code=code)

    def error(self, text: str, code: int = 1) -> Result:
        return Result(err=encode(text, self.invocation.start.code_page), code=code)

    def path(self, word: str) -> str:
        """An absolute path for a word."""
        plain = word.strip().strip('"').replace("/", "\\")
        if plain[1:2] == ":":
            return plain
        return f"{self.directory[:2]}{plain}" if plain[:1] == "\\" else f"{self.directory}\\{plain}"

    def _is_program(self, word: str) -> bool:
        return self.host.find_program(word, self.directory) is not None

    def _wanted(self, operator: str) -> bool:
        return {"&&": self.code == 0, "||": self.code != 0}.get(operator, True)

    async def _segment(self, segment: Segment, piped: bytes | None, *, hold: bool) -> Result:
        result = await self._run(segment, piped, live=not (hold or segment.redirections))
        for redirection in segment.redirections:
            result = self._redirect(result, redirection)
        if not hold:
            self.invocation.process.write_out(result.out)
        self.invocation.process.write_err(result.err)
        return result

    def _redirect(self, result: Result, redirection: cmdline.Redirection) -> Result:
        if redirection.target == "&1":
            return replace(result, out=result.out + result.err, err=b"")
        if redirection.stream == 0:
            return result
        kept = result.out if redirection.stream == 1 else result.err
        rest = replace(result, out=b"") if redirection.stream == 1 else replace(result, err=b"")
        if redirection.target.lower() == "nul":
            return rest
        path = self.path(redirection.target)
        try:
            old = self.host.files.read(path) if redirection.append else b""
        except OSError:
            old = b""
        try:
            self.host.files.write(path, old + kept)
        except OSError as refusal:
            return self.error(f"{refusal}\r\n")
        return rest

    async def _run(self, segment: Segment, piped: bytes | None, *, live: bool) -> Result:
        match = WORD.match(segment.text)
        if match is None:
            return Result()
        word, rest = match.group(1), match.group(2)
        for name, builtin in BUILTINS.items():
            if re.match(rf"{name}(?![\w-])", word, re.IGNORECASE) and not self._is_program(word):
                try:
                    return builtin(self, word[len(name) :] + rest)
                except PermissionError:
                    return self.error("Access is denied.\r\n")
        if not self._is_program(word.replace('"', "")):
            return self.error(
                f"'{word}' is not recognized as an internal or external command,\r\n"
                "operable program or batch file.\r\n"
            )
        return await self._program(segment.text.strip(), piped, live=live)

    async def _program(self, line: str, piped: bytes | None, *, live: bool) -> Result:
        start = replace(
            self.invocation.start,
            line=line,
            parent=self.invocation.process.pid,
            environment=dict(self.environment),
            directory=self.directory,
        )
        child = self.host.start(start)
        if piped is None:
            child.input = self.invocation.process.input
        else:
            child.input = Input()
            child.feed(piped, end=True)
        result = Result()
        while True:
            chunk = await child.read()
            if live:
                self.invocation.process.write_out(chunk.stdout)
                self.invocation.process.write_err(chunk.stderr)
            else:
                result.out += chunk.stdout
                result.err += chunk.stderr
            if chunk.exit_code is not None:
                result.code = chunk.exit_code
                return result


def _cd(shell: Shell, rest: str) -> Result:
    word = rest.replace("/d", "").replace("/D", "").strip()
    if not word:
        return shell.text(f"{shell.directory}\r\n")
    target = shell.directory.rpartition("\\")[0] if word == ".." else shell.path(word)
    node = shell.host.files.find(target)
    if node is None or not node.is_directory:
        return shell.error("The system cannot find the path specified.\r\n")
    shell.directory = target.rstrip("\\") if len(target) > len("C:\\") else target
    return Result()


def _echo(shell: Shell, rest: str) -> Result:
    if rest.strip().lower() in {"", "on", "off"}:
        return shell.text("ECHO is on.\r\n" if not rest.strip() else "")
    return shell.text(f"{rest[1:]}\r\n")


def _type(shell: Shell, rest: str) -> Result:
    try:
        return Result(out=shell.host.files.read(shell.path(rest)))
    except FileNotFoundError:
        return shell.error("The system cannot find the file specified.\r\n")
    except IsADirectoryError:
        return shell.error("Access is denied.\r\n")


def _dir(shell: Shell, rest: str) -> Result:
    words = [word for word in rest.split() if not word.startswith("/")]
    path = shell.path(" ".join(words)) if words else shell.directory
    files = shell.host.files
    if files.find(path) is None:
        return shell.error("File Not Found\r\n")
    names = files.names(path)
    if "/b" in rest.lower().split():
        return shell.text("".join(f"{name}\r\n" for name in names))
    rows: list[str] = []
    for name in names:
        node = files.find(f"{path}\\{name}")
        kind = (
            "<DIR>         " if node and node.is_directory else f"{node.size if node else 0:>14,}"
        )
        rows.append(f"11/01/2026  08:00 AM    {kind} {name}\r\n")
    drive = files.drives[path[:1].upper()]
    head = f" Volume in drive {drive.letter} has no label.\r\n\r\n Directory of {path}\r\n\r\n"
    return shell.text(f"{head}{''.join(rows)}{drive.free:>30,} bytes free\r\n")


def _exit(shell: Shell, rest: str) -> Result:
    words = [word for word in rest.split() if word.lower() != "/b"]
    shell.left = True
    try:
        return Result(code=int(words[0]) if words else shell.code)
    except ValueError:
        return Result(code=0)


def _set(shell: Shell, rest: str) -> Result:
    name, equals, value = rest.strip().strip('"').partition("=")
    if equals:
        shell.environment[name] = value
        return Result()
    found = [
        f"{key}={text}\r\n"
        for key, text in sorted(shell.environment.items())
        if key.upper().startswith(name.upper())
    ]
    if not found:
        return shell.error(f"Environment variable {name} not defined\r\n")
    return shell.text("".join(found))


def _ver(shell: Shell, _rest: str) -> Result:
    return shell.text(f"\r\n{VERSION}\r\n")


def _rem(_shell: Shell, _rest: str) -> Result:
    return Result()


def _mkdir(shell: Shell, rest: str) -> Result:
    try:
        shell.host.files.make_directory(shell.path(rest))
    except FileNotFoundError:
        return shell.error("The system cannot find the drive specified.\r\n")
    return Result()


def _del(shell: Shell, rest: str) -> Result:
    word = " ".join(word for word in rest.split() if not word.startswith("/"))
    if not shell.host.files.remove(shell.path(word)):
        return shell.error(f"Could Not Find {shell.path(word)}\r\n", 0)
    return Result()


BUILTINS: dict[str, Callable[[Shell, str], Result]] = {
    "chdir": _cd,
    "cd": _cd,
    "echo": _echo,
    "type": _type,
    "dir": _dir,
    "exit": _exit,
    "set": _set,
    "ver": _ver,
    "rem": _rem,
    "mkdir": _mkdir,
    "md": _mkdir,
    "del": _del,
    "erase": _del,
}
