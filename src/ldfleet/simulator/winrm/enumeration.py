"""Get, Enumerate and Pull: WMI classes, WQL, one's own shells, the configuration."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ldfleet.simulator import wql
from ldfleet.simulator.seam import CimInstance, Machine
from ldfleet.simulator.winrm import cim, refusals
from ldfleet.simulator.winrm.configuration import CONFIG, configuration
from ldfleet.simulator.winrm.options import WinRMOptions
from ldfleet.simulator.winrm.shell_actions import CMD, ShellActions
from ldfleet.simulator.winrm.shells import Shells
from ldfleet.simulator.winrm.soap import N, Request, W

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
ENVELOPE_OVERHEAD = 4096


@dataclass(slots=True, kw_only=True)
class _Context:
    user: str
    items: list[str]
    expires: float


class Enumeration:
    def __init__(
        self,
        machine: Machine,
        shells: Shells,
        actions: ShellActions,
        *,
        options: WinRMOptions,
        clock: Callable[[], float],
    ) -> None:
        self._machine = machine
        self._shells = shells
        self._actions = actions
        self._options = options
        self._clock = clock
        self._contexts: dict[str, _Context] = {}

    def get(self, request: Request, user: str) -> str:
        uri = request.resource_uri
        if uri.startswith(CONFIG):
            return configuration(uri, self._options)
        if uri in {SHELL, CMD}:
            shell_id = request.selectors.get("ShellId", "")
            return self._actions.describe(self._shells.find(shell_id, user))
        namespace, class_name = _wmi_path(uri)
        wanted = tuple(
            wql.Condition(name=name, operator="=", value=value)
            for name, value in request.selectors.items()
            if name != "__cimnamespace"
        )
        query = wql.Query(source=class_name, conditions=wanted)
        found = [
            each for each in self._query(namespace, class_name) if query.matches(each.properties)
        ]
        if len(found) != 1:
            raise refusals.no_such_resource(wmi=True)
        return cim.whole(found[0])

    def enumerate(self, request: Request, user: str) -> str:
        body = request.body
        if body is None:
            raise refusals.bad_xml()
        items = self._items(request, user)
        optimised = body.find(f"{W}OptimizeEnumeration") is not None
        first: list[str] = []
        if optimised:
            wanted = body.findtext(f"{W}MaxElements", "1")
            first = self._batch(items, wanted, request)
            if not items:
                return (
                    "<n:EnumerateResponse><n:EnumerationContext></n:EnumerationContext>"
                    f"<w:Items>{''.join(first)}</w:Items><w:EndOfSequence/></n:EnumerateResponse>"
                )
        context = self._keep(items, user)
        inside = f"<w:Items>{''.join(first)}</w:Items>" if optimised else ""
        return (
            f"<n:EnumerateResponse><n:EnumerationContext>uuid:{context}</n:EnumerationContext>"
            f"{inside}</n:EnumerateResponse>"
        )

    def pull(self, request: Request, user: str) -> str:
        name, context = self._context(request, user)
        body = request.body
        wanted = body.findtext(f"{N}MaxElements", "1") if body is not None else "1"
        batch = "".join(self._batch(context.items, wanted, request))
        if not context.items:
            del self._contexts[name]
            return (
                "<n:PullResponse><n:EnumerationContext></n:EnumerationContext>"
                f"<n:Items>{batch}</n:Items><n:EndOfSequence/></n:PullResponse>"
            )
        context.expires = self._clock() + self._options.enumeration_timeout_s
        return (
            f"<n:PullResponse><n:EnumerationContext>uuid:{name}</n:EnumerationContext>"
            f"<n:Items>{batch}</n:Items></n:PullResponse>"
        )

    def release(self, request: Request, user: str) -> str:
        name, _ = self._context(request, user)
        del self._contexts[name]
        return ""

    def _items(self, request: Request, user: str) -> list[str]:
        if request.resource_uri in {SHELL, CMD}:
            return [self._actions.describe(each) for each in self._shells.of(user)]
        namespace, class_name = _wmi_path(request.resource_uri)
        query = self._asked(request, class_name)
        if query is None:
            return [cim.whole(each) for each in self._query(namespace, class_name)]
        try:
            found = self._machine.query(namespace, query.source)
        except LookupError as error:
            raise refusals.bad_filter(
                "The specified class does not exist in the given namespace. "
            ) from error
        matching = [each for each in found if query.matches(each.properties)]
        if query.columns:
            return [cim.fragment(each, query.columns) for each in matching]
        return [cim.whole(each) for each in matching]

    def _asked(self, request: Request, class_name: str) -> wql.Query | None:
        element = request.body.find(f"{W}Filter") if request.body is not None else None
        if element is None:
            if class_name == "*":
                raise refusals.bad_filter("A filter is required with this resource URI. ")
            return None
        try:
            return wql.parse(element.text or "")
        except ValueError as error:
            raise refusals.bad_filter(str(error)) from error

    def _query(self, namespace: str, class_name: str) -> Sequence[CimInstance]:
        try:
            return self._machine.query(namespace, class_name)
        except LookupError as error:
            raise refusals.no_such_resource(wmi=True) from error

    def _batch(self, items: list[str], wanted: str, request: Request) -> list[str]:
        """Take the next items off: as many as asked for, and as fit into the envelope."""
        count = int(wanted) if wanted.isdigit() and int(wanted) > 0 else 1
        room = request.room(limit=self._options.max_envelope_kib * 1024) - ENVELOPE_OVERHEAD
        taken = 0
        for item in items[:count]:
            room -= len(item.encode())
            if taken and room < 0:
                break
            taken += 1
        batch = items[:taken]
        del items[:taken]
        return batch

    def _keep(self, items: list[str], user: str) -> str:
        now = self._clock()
        for name in [name for name, each in self._contexts.items() if each.expires < now]:
            del self._contexts[name]
        name = self._shells.new_id()
        self._contexts[name] = _Context(
            user=user, items=items, expires=now + self._options.enumeration_timeout_s
        )
        return name

    def _context(self, request: Request, user: str) -> tuple[str, _Context]:
        body = request.body
        given = body.findtext(f"{N}EnumerationContext", "") if body is not None else ""
        name = given.strip().removeprefix("uuid:")
        context = self._contexts.get(name)
        if context is None or context.user != user or context.expires < self._clock():
            raise refusals.no_such_enumeration()
        return name, context


def _wmi_path(resource_uri: str) -> tuple[str, str]:
    if not resource_uri.startswith(cim.WMI):
        raise refusals.no_such_resource()
    namespace, _, class_name = resource_uri.removeprefix(cim.WMI).rpartition("/")
    return namespace, class_name
