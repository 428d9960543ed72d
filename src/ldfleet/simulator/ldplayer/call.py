"""One call of ldconsole, and how its words are read (ldconsole.md 4)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ldfleet.simulator.host import Invocation
from ldfleet.simulator.ldplayer.install import Install
from ldfleet.simulator.ldplayer.instance import Instance


class UsageError(Exception):
    """The usage page is the answer, and nothing is done."""


class NoSuchPlayer(Exception):
    """`player don't exist!` is the answer."""


@dataclass(slots=True, kw_only=True)
class Call:
    """`effect` and `index` go into the journal: each verb says what it did."""

    install: Install
    invocation: Invocation
    verb: str
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    effect: str = "read"
    index: int | None = None

    @property
    def now(self) -> float:
        return self.install.host.clock.now()

    @property
    def session(self) -> int:
        return self.invocation.start.session

    def out(self, text: str) -> None:
        """Text in the machine's ANSI code page, whatever the console's is."""
        page = self.install.host.faults.code_page
        self.invocation.process.write_out(text.encode(page, errors="replace"))

    def target(self) -> Instance:
        """The emulator meant by --index or --name."""
        index, name = self.options.get("index"), self.options.get("name")
        if index is not None:
            number = int(index) if index.isascii() and index.isdigit() else -1
            found = self.install.instances.get(number)
        elif name is not None:
            found = self.install.by_name(name)
        else:
            raise UsageError
        if found is None:
            raise NoSuchPlayer
        self.index = found.index
        return found

    async def sleep(self, seconds: float) -> None:
        await self.install.host.clock.sleep(seconds)
        self.install.host.settle()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A command: what runs it, and the options it understands besides the target."""

    run: Callable[[Call], Awaitable[int]]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


TARGET = ("name", "index")


def read_verb(
    verbs: Mapping[str, Verb], name: str, words: Sequence[str]
) -> tuple[Verb, dict[str, str]]:
    """The command and its `--key value` pairs.

    Raises:
        UsageError: a word is out of place, unknown, or missing.
    """
    verb = verbs.get(name)
    if verb is None:
        raise UsageError
    return verb, _options(verb, words)


def _options(verb: Verb, words: Sequence[str]) -> dict[str, str]:
    options: dict[str, str] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        key = word.removeprefix("--")
        if key == word or key not in {*TARGET, *verb.needs, *verb.takes, *verb.flags}:
            raise UsageError
        if key in verb.flags:
            options[key] = ""
        elif rest:
            options[key] = rest.pop(0)
        else:
            raise UsageError
    if any(needed not in options for needed in verb.needs):
        raise UsageError
    return options
