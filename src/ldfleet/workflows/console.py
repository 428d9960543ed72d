"""Speaking with the ldconsole of one install: a command goes out, its value comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from ldfleet import errors
from ldfleet.domain.facts import Install
from ldfleet.domain.process import ProcessResult
from ldfleet.domain.workstation import Workstation
from ldfleet.ldplayer.commands import Command, CommandClass
from ldfleet.ldplayer.layout import ldconsole
from ldfleet.ldplayer.text import NoSuchPlayer, NotUnderstood
from ldfleet.ports import Clock, Transport
from ldfleet.telemetry import Measure, measured
from ldfleet.workflows.reading import reading

T = TypeVar("T")
SHOWN = 2000  # bytes of an answer that could not be read, kept in the log


class Note(Protocol):
    """Where it is written what was said: an operation's log, or the server's."""

    async def __call__(self, event: str, **fields: object) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """One LDPlayer on one workstation."""

    workstation: Workstation
    install: Install
    transport: Transport
    clock: Clock
    note: Note

    async def __call__(self, command: Command[T], *, key: str | None = None) -> T:
        """Run it and read the answer.

        Raises:
            NoSuchPlayer: no instance has this index; the caller knows which emulator that was.
            LDPlayerSaidNonsense: the answer can't be read; the log has its bytes.
        """
        result = await self._run(command, key)
        try:
            return command.read(result)
        except NoSuchPlayer:
            raise
        except NotUnderstood as error:
            await self.note("ldconsole.nonsense", argv=list(command.args), **_bytes(result))
            nonsense = errors.LDPlayerSaidNonsense(
                workstation=self.workstation.name, command=command.name, reason=error.reason
            )
            nonsense.add_note(f"{_bytes(result)}")
            raise nonsense from error

    async def _run(self, command: Command[T], key: str | None) -> ProcessResult:
        started = self.clock.monotonic()
        try:
            result = await self._carried(command, key)
        except errors.FleetError as error:
            seconds = self.clock.monotonic() - started
            measured(Measure.LDCONSOLE, seconds, command.name, error.kind.value)
            await self.note(
                "ldconsole.failed",
                argv=list(command.args),
                seconds=round(seconds, 3),
                code=error.code,
                reason=str(error),
            )
            raise
        seconds = self.clock.monotonic() - started
        measured(Measure.LDCONSOLE, seconds, command.name)
        await self.note(
            "ldconsole",
            argv=list(command.args),
            seconds=round(seconds, 3),
            exit_code=result.exit_code,
        )
        return result

    async def _carried(self, command: Command[T], key: str | None) -> ProcessResult:
        async def run() -> ProcessResult:
            return await self.transport.run(
                (ldconsole(self.install), *command.args),
                deadline=command.deadline,
                desktop=command.needs_desktop,
                key=key,
            )

        reads = command.kind is CommandClass.READ
        return await reading(run, self.clock) if reads else await run()


def _bytes(result: ProcessResult) -> Mapping[str, object]:
    return {
        "exit_code": result.exit_code,
        "stdout": repr(result.stdout[:SHOWN]),
        "stderr": repr(result.stderr[:SHOWN]),
    }
