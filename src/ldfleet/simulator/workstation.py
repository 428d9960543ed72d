"""A machine together with what makes it reachable, and its switches by name."""

import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ldfleet.simulator.adb.listeners import Listeners
from ldfleet.simulator.machine import SimulatedMachine
from ldfleet.simulator.ssh.endpoint import SSHEndpoint

Scalar = bool | int | float | str | None


class Endpoint(Protocol):
    """The network side of a workstation. `faults` has scalar switches and one-shot methods."""

    http_port: int
    https_port: int

    @property
    def certificate_sha256(self) -> str: ...

    @property
    def faults(self) -> object: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Workstation:
    """The machine's faults and the network's share one set of names.

    A switch that WinRM and SSH both have, as `unreachable`, turns both.
    """

    machine: SimulatedMachine
    endpoint: Endpoint
    ssh: SSHEndpoint
    ports: Listeners

    def faults(self) -> dict[str, Scalar]:
        return {
            name: getattr(holder, name)
            for holder in self._holders()
            for name in _switches(type(holder))
        }

    def set_fault(self, name: str, value: object) -> None:
        """Turn one switch.

        Raises:
            LookupError: there is no such fault.
            ValueError: it does not take such a value.
        """
        fitting = [
            (holder, _fitting(name, value, kinds[name]))
            for holder in self._holders()
            if name in (kinds := _switches(type(holder)))
        ]
        if not fitting:
            raise LookupError(f"There is no fault '{name}' on {self.machine.name}.")
        for holder, fit in fitting:
            setattr(holder, name, fit)
        self.machine.host.settle()

    def actions(self) -> Mapping[str, Callable[..., None]]:
        """What can be done to it at once."""
        named: dict[str, list[Callable[..., None]]] = {}
        for faults in (self.ssh.faults, self.endpoint.faults):
            for name, member in vars(type(faults)).items():
                if callable(member) and not name.startswith("_"):
                    named.setdefault(name, []).append(getattr(faults, name))
        one_shots = {name: _all_of(each) for name, each in named.items()}
        return {**one_shots, **self.machine.actions}

    def _holders(self) -> tuple[object, ...]:
        return self.machine.faults, self.ssh.faults, self.endpoint.faults


def _all_of(actions: Sequence[Callable[..., None]]) -> Callable[..., None]:
    def act(*values: object, **named: object) -> None:
        for action in actions:
            action(*values, **named)

    return act


def _switches(kind: type) -> dict[str, object]:
    hints = typing.get_type_hints(kind)
    return {name: hint for name, hint in hints.items() if not name.startswith("_")}


def _fitting(name: str, value: object, kind: object) -> object:
    kinds = typing.get_args(kind) or (kind,)
    if type(value) in kinds:
        return value
    if type(value) is int and float in kinds:
        return float(value)
    words = " or ".join(getattr(one, "__name__", str(one)) for one in kinds)
    raise ValueError(f"'{name}' takes {words}, not {value!r}.")
