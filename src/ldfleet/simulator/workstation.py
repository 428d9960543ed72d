"""A machine together with what makes it reachable, and its switches by name."""

import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ldfleet.simulator.machine import SimulatedMachine

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
    """The machine's faults and the network's share one set of names."""

    machine: SimulatedMachine
    endpoint: Endpoint

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
        for holder in self._holders():
            kinds = _switches(type(holder))
            if name in kinds:
                setattr(holder, name, _fitting(name, value, kinds[name]))
                self.machine.host.settle()
                return
        raise LookupError(f"There is no fault '{name}' on {self.machine.name}.")

    def actions(self) -> Mapping[str, Callable[..., None]]:
        """What can be done to it at once."""
        faults = self.endpoint.faults
        one_shots = {
            name: getattr(faults, name)
            for name, member in vars(type(faults)).items()
            if callable(member) and not name.startswith("_")
        }
        return {**one_shots, **self.machine.actions}

    def _holders(self) -> tuple[object, object]:
        return self.machine.faults, self.endpoint.faults


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
