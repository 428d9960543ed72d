"""The WS-Management service of a workstation, without HTTP: a request in, a reply out."""

from collections.abc import Callable
from dataclasses import dataclass

from ldfleet.simulator.winrm import refusals, soap
from ldfleet.simulator.winrm.enumeration import Enumeration
from ldfleet.simulator.winrm.faults import WinRMCounters, WinRMFaults
from ldfleet.simulator.winrm.options import WinRMOptions
from ldfleet.simulator.winrm.refusals import Refusal
from ldfleet.simulator.winrm.shell_actions import ShellActions
from ldfleet.simulator.winrm.soap import Request

TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer/"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/"
RECEIVE = f"{SHELL}Receive"
COMMAND = f"{SHELL}Command"
OK, FAULT = 200, 500


class ConnectionCut(Exception):
    """The TCP connection breaks here, by order of the simulator's operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    user: str
    ip: str


Handler = Callable[[Request, str], str]


class Service:
    def __init__(
        self,
        *,
        machine: str,
        actions: ShellActions,
        enumeration: Enumeration,
        options: WinRMOptions,
        faults: WinRMFaults,
        counters: WinRMCounters,
        new_id: Callable[[], str],
    ) -> None:
        self._machine = machine
        self._actions = actions
        self._options = options
        self._faults = faults
        self._counters = counters
        self._new_id = new_id
        self._handlers: dict[str, Handler] = {
            COMMAND: actions.command,
            f"{SHELL}Send": actions.send,
            f"{SHELL}Signal": actions.signal,
            f"{TRANSFER}Delete": actions.delete,
            f"{TRANSFER}Get": enumeration.get,
            f"{ENUMERATION}Enumerate": enumeration.enumerate,
            f"{ENUMERATION}Pull": enumeration.pull,
            f"{ENUMERATION}Release": enumeration.release,
        }

    async def answer(self, envelope: bytes, caller: Caller) -> tuple[int, str]:
        """Status and SOAP for one authenticated request.

        Raises:
            ConnectionCut: there is to be no answer.
        """
        request = Request()
        try:
            if len(envelope) > self._options.max_envelope_kib * 1024:
                raise refusals.envelope_too_large(self._options.max_envelope_kib)
            request = soap.parse(envelope)
            if request.body is not None and request.body.tag == soap.IDENTIFY:
                self._counters.requests["Identify"] += 1
                return OK, soap.identity(self._options.product_version)
            self._counters.requests[request.verb] += 1
            body = await self._handled(request, caller)
        except Refusal as refusal:
            return FAULT, soap.fault(request, self._new_id(), refusal, machine=self._machine)
        return OK, soap.reply(request, self._new_id(), body)

    def identify(self, envelope: bytes) -> str | None:
        """The answer to an Identify from nobody in particular, or None if it is none."""
        try:
            request = soap.parse(envelope)
        except Refusal:
            return None
        if request.body is None or request.body.tag != soap.IDENTIFY:
            return None
        self._counters.requests["Identify"] += 1
        return soap.identity(soap.UNKNOWN_VERSION)

    async def _handled(self, request: Request, caller: Caller) -> str:
        if request.action == RECEIVE:
            self._cut_if("mid_receive")
            return await self._actions.receive(request, caller.user)
        if request.action == f"{TRANSFER}Create":
            return self._actions.create(request, caller.user, caller.ip)
        handler = self._handlers.get(request.action)
        if handler is None:
            raise refusals.action_not_supported()
        if request.action != COMMAND:
            return handler(request, caller.user)
        self._cut_if("before_command")
        body = handler(request, caller.user)
        self._cut_if("after_command")
        return body

    def _cut_if(self, where: str) -> None:
        if self._faults.strikes(where):
            raise ConnectionCut
