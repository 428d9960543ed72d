"""What a probe is made of. Asking is the workflow's; here nothing is sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ldfleet.domain.checkup import Finding, Verdict
from ldfleet.domain.facts import Install, SystemFacts
from ldfleet.domain.process import ProcessResult
from ldfleet.domain.workstation import Address
from ldfleet.ldplayer.outputs import Row
from ldfleet.ldplayer.text import NotUnderstood

DEADLINE = 20.0
"""Seconds for a look; ldconsole's take 5 to 30 (ldconsole.md 4)."""
TELL_US = "Send the bundle: the reference has to be corrected before ldfleet can rely on it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A program that only looks."""

    argv: tuple[str, ...]
    desktop: bool = False
    """On the desktop of whoever is logged on."""
    deadline: float = DEADLINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Files, as bytes."""

    paths: tuple[str, ...]


Ask = Run | Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why there is no answer: an error's code, sentence and hint."""

    code: str
    reason: str
    hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came of one asking: a result, files, or a failure."""

    ask: Ask
    seconds: float
    result: ProcessResult | None = None
    files: Mapping[str, bytes | None] | None = None
    failure: Failure | None = None

    @property
    def ran(self) -> ProcessResult:
        """The program's result. Raises NotUnderstood where there is none."""
        if self.result is None:
            raise NotUnderstood(self.failure.reason if self.failure else "no program ran")
        return self.result

    @property
    def contents(self) -> Mapping[str, bytes | None]:
        """The files. Raises NotUnderstood where there are none."""
        if self.files is None:
            raise NotUnderstood(self.failure.reason if self.failure else "no file was read")
        return self.files


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What was known before a probe asks."""

    address: Address
    facts: SystemFacts | None = None
    install: Install | None = None
    """The LDPlayer that is asked; None while it is about the PC."""
    list2: Heard | None = None
    rows: tuple[Row, ...] = ()
    """Of list2; none where it can't be read."""
    configs: Mapping[int, bytes | None] = field(default_factory=dict[int, bytes | None])
    """The files of the first emulators, by index; None for one that is not there."""

    @property
    def folder(self) -> str:
        """Of the LDPlayer that is asked."""
        if self.install is None:
            raise ValueError("no LDPlayer is asked")
        return self.install.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an answer means."""

    verdict: Verdict
    answer: str
    remedy: str | None = None


def ok(answer: str) -> Reading:
    """It is as ldfleet takes it to be."""
    return Reading(verdict=Verdict.OK, answer=answer)


def warning(answer: str, remedy: str = TELL_US) -> Reading:
    """It is not."""
    return Reading(verdict=Verdict.WARNING, answer=answer, remedy=remedy)


def unknown(answer: str, remedy: str | None = None) -> Reading:
    """It was asked, and the answer settles nothing."""
    return Reading(verdict=Verdict.UNKNOWN, answer=answer, remedy=remedy)


Reader = Callable[[Scene, Sequence[Heard]], Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A question, how it is asked, how the answer is read."""

    id: str
    question: str
    source: str
    asks: Callable[[Scene], Sequence[Ask]]
    """In this order; after one without an answer the rest is not asked."""
    read: Reader
    """Raises NotUnderstood for an answer that says nothing: that is unknown."""
    of_install: bool = False
    """Asked of each LDPlayer; else once of the PC."""
    needs: Callable[[Scene], str | None] = lambda _: None
    """What is missing to ask it here; None: it can be asked."""
    answers: frozenset[str] = frozenset()
    """The codes of failures that `read` takes for an answer."""

    def finding(self, scene: Scene, heard: Sequence[Heard]) -> Finding:
        """The answers, read; a failure or nonsense is unknown."""
        failed = next((each.failure for each in heard if each.failure), None)
        if failed is not None and failed.code not in self.answers:
            return self._found(scene, unknown(failed.reason, failed.hint))
        try:
            return self._found(scene, self.read(scene, heard))
        except NotUnderstood as error:
            return self._found(scene, unknown(f"not understood: {error.reason}", TELL_US))

    def not_asked(self, scene: Scene, needs: str) -> Finding:
        """It stays open here."""
        return self._found(scene, unknown(f"not asked: needs {needs}"), asked=False)

    def _found(self, scene: Scene, reading: Reading, *, asked: bool = True) -> Finding:
        return Finding(
            probe=self.id,
            question=self.question,
            source=self.source,
            about=None if scene.install is None else scene.install.path,
            verdict=reading.verdict,
            answer=reading.answer,
            remedy=reading.remedy,
            asked=asked,
        )


def nothing(_: Scene) -> Sequence[Ask]:
    """What the scene holds already is enough."""
    return ()


def needs_rows(scene: Scene) -> str | None:
    """Of a probe that asks about emulators."""
    return None if scene.rows else "an emulator that list2 names"
