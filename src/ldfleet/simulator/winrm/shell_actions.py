"""Create, Command, Send, Receive, Signal and Delete on …/windows/shell/cmd (MS-WSMV 3.1.4)."""

import asyncio
import base64
import binascii
from collections.abc import Callable
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from ldfleet.simulator.seam import Machine
from ldfleet.simulator.winrm import refusals
from ldfleet.simulator.winrm.faults import WinRMFaults
from ldfleet.simulator.winrm.options import WinRMOptions
from ldfleet.simulator.winrm.shells import Command, Output, Shell, Shells
from ldfleet.simulator.winrm.soap import ANONYMOUS, RSP, Request, duration, parse_duration

CMD = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd"
STATE = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/CommandState/"
DEFAULT_CODE_PAGE = 437
ENVELOPE_OVERHEAD = 2048  # header, tags and ids around the base64 of a Receive
TRUE = {"true", "1"}


class ShellActions:
    def __init__(
        self,
        machine: Machine,
        shells: Shells,
        *,
        options: WinRMOptions,
        faults: WinRMFaults,
        clock: Callable[[], float],
    ) -> None:
        self._machine = machine
        self._shells = shells
        self._options = options
        self._faults = faults
        self._clock = clock

    def create(self, request: Request, user: str, client_ip: str) -> str:
        if request.resource_uri != CMD:
            raise refusals.no_such_resource()
        self._check_shell_quota(user)
        shell = self._shell_of(request, user, client_ip)
        self._shells.add(shell)
        return (
            f"<x:ResourceCreated><a:Address>{escape(request.to or ANONYMOUS)}</a:Address>"
            f"<a:ReferenceParameters><w:ResourceURI>{CMD}</w:ResourceURI><w:SelectorSet>"
            f'<w:Selector Name="ShellId">{shell.id}</w:Selector></w:SelectorSet>'
            f"</a:ReferenceParameters></x:ResourceCreated>{self.describe(shell)}"
        )

    def command(self, request: Request, user: str) -> str:
        shell = self._shell(request, user)
        self._check_command_quotas(shell, user)
        line = request.body
        if line is None:
            raise refusals.bad_parameter()
        try:
            process = self._machine.start(
                line.findtext(f"{RSP}Command", ""),
                [each.text or "" for each in line.findall(f"{RSP}Arguments")],
                user=shell.owner,
                skip_cmd_shell=request.options.get("WINRS_SKIP_CMD_SHELL", "").lower() in TRUE,
                code_page=shell.code_page,
                environment=shell.environment,
                working_directory=shell.working_directory,
            )
        except FileNotFoundError as error:
            raise refusals.no_such_program() from error
        chosen = line.get("CommandId", "").upper() if self._options.honour_command_id else ""
        command = Command(chosen or self._shells.new_id(), process)
        shell.commands[command.id] = command
        shell.operations += 1
        return (
            f"<rsp:CommandResponse><rsp:CommandId>{escape(command.id)}</rsp:CommandId>"
            "</rsp:CommandResponse>"
        )

    def send(self, request: Request, user: str) -> str:
        shell = self._shell(request, user)
        stream = request.body.find(f"{RSP}Stream") if request.body is not None else None
        if stream is None or stream.get("Name") != "stdin":
            raise refusals.bad_parameter()
        command = shell.command(stream.get("CommandId", ""))
        try:
            data = base64.b64decode(stream.text or "")
        except binascii.Error as error:
            raise refusals.bad_parameter() from error
        command.process.feed(data, end=stream.get("End", "").lower() in TRUE)
        return "<rsp:SendResponse/>"

    async def receive(self, request: Request, user: str) -> str:
        shell = self._shell(request, user)
        stream = request.body.find(f"{RSP}DesiredStream") if request.body is not None else None
        command_id = stream.get("CommandId") if stream is not None else None
        if command_id is None:
            raise refusals.bad_parameter()
        command = shell.command(command_id)
        shell.polls += 1
        try:
            async with asyncio.timeout(request.timeout_s(limit=self._options.max_timeout_s)):
                async with command.reading:
                    answer = await self._output(request, command)
        except TimeoutError:
            raise refusals.timed_out() from None
        finally:
            shell.polls -= 1
            shell.touched = self._clock()
        if shell.gone:
            raise refusals.aborted()
        return answer

    def signal(self, request: Request, user: str) -> str:
        shell = self._shell(request, user)
        body = request.body
        if body is None:
            raise refusals.bad_parameter()
        command = shell.command(body.get("CommandId", ""))
        code = body.findtext(f"{RSP}Code", "").rsplit("/", 1)[-1].lower()
        if code in {"ctrl_c", "ctrl_break"}:
            command.process.interrupt()
        elif code == "terminate":
            command.process.terminate()
            del shell.commands[command.id]
            if self._options.terminate_frees_operation:
                shell.operations -= 1
        else:
            raise refusals.bad_parameter()
        return "<rsp:SignalResponse/>"

    def delete(self, request: Request, user: str) -> str:
        self._shells.drop([self._shell(request, user)])
        return ""

    def describe(self, shell: Shell) -> str:
        """A shell as Create echoes it, and as Get and Enumerate list it."""
        owner = escape(f"{self._machine.name}\\{shell.owner}")
        name = f"<rsp:Name>{escape(shell.name)}</rsp:Name>" if shell.name else ""
        where = escape(shell.working_directory or "")
        now = self._clock()
        return (
            '<rsp:Shell xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell">'
            f"<rsp:ShellId>{shell.id}</rsp:ShellId>{name}<rsp:ResourceUri>{CMD}</rsp:ResourceUri>"
            f"<rsp:Owner>{owner}</rsp:Owner>"
            f"<rsp:ClientIP>{shell.client_ip}</rsp:ClientIP>"
            + (f"<rsp:WorkingDirectory>{where}</rsp:WorkingDirectory>" if where else "")
            + _environment(shell)
            + f"<rsp:IdleTimeOut>PT{shell.idle_timeout_s:.3f}S</rsp:IdleTimeOut>"
            "<rsp:InputStreams>stdin</rsp:InputStreams>"
            "<rsp:OutputStreams>stdout stderr</rsp:OutputStreams>"
            f"<rsp:ShellRunTime>{duration(now - shell.created)}</rsp:ShellRunTime>"
            f"<rsp:ShellInactivity>{duration(now - shell.touched)}</rsp:ShellInactivity>"
            "</rsp:Shell>"
        )

    def _shell(self, request: Request, user: str) -> Shell:
        request.timeout_s(limit=self._options.max_timeout_s)
        if request.resource_uri != CMD:
            raise refusals.no_such_resource()
        return self._shells.find(request.selectors.get("ShellId", ""), user)

    def _shell_of(self, request: Request, user: str, client_ip: str) -> Shell:
        body = request.body if request.body is not None else ET.Element("Shell")
        variables = body.iterfind(f"{RSP}Environment/{RSP}Variable")
        code_page = request.options.get("WINRS_CODEPAGE", "")
        idle_timeout_s = parse_duration(body.findtext(f"{RSP}IdleTimeOut", ""))
        now = self._clock()
        return Shell(
            id=self._shells.new_id(),
            owner=user,
            client_ip=client_ip,
            name=body.findtext(f"{RSP}Name", ""),
            code_page=int(code_page) if code_page.isdigit() else DEFAULT_CODE_PAGE,
            environment={each.get("Name", ""): each.text or "" for each in variables},
            working_directory=body.findtext(f"{RSP}WorkingDirectory"),
            idle_timeout_s=idle_timeout_s or self._options.idle_timeout_s,
            created=now,
            touched=now,
        )

    def _check_shell_quota(self, user: str) -> None:
        limit = self._faults.quota_shells or self._options.max_shells_per_user
        if len(self._shells.of(user)) >= limit:
            raise refusals.too_many_shells(limit, as_wmi_error=self._options.quota_as_wmi_error)

    def _check_command_quotas(self, shell: Shell, user: str) -> None:
        limit = self._options.max_operations_per_user
        if sum(each.operations for each in self._shells.of(user)) >= limit:
            raise refusals.too_many_operations(limit, as_wmi_error=self._options.quota_as_wmi_error)
        running = sum(not each.over for each in shell.commands.values())
        if running >= self._options.max_processes_per_shell:
            raise refusals.too_many_processes(self._options.max_processes_per_shell)

    async def _output(self, request: Request, command: Command) -> str:
        seen, answer = command.replay
        if not seen or seen != request.message_id:
            envelope = request.room(limit=self._options.max_envelope_kib * 1024)
            room = max(1024, (envelope - ENVELOPE_OVERHEAD) // 4 * 3 // 2)
            answer = _rendered(command.id, await command.take(room))
            command.replay = (request.message_id, answer)
        return answer


def _environment(shell: Shell) -> str:
    if not shell.environment:
        return ""
    variables = "".join(
        f"<rsp:Variable Name={quoteattr(name)}>{escape(value)}</rsp:Variable>"
        for name, value in shell.environment.items()
    )
    return f"<rsp:Environment>{variables}</rsp:Environment>"


def _rendered(command_id: str, output: Output) -> str:
    done = output.exit_code is not None
    owner = f"CommandId={quoteattr(command_id)}"
    parts = ["<rsp:ReceiveResponse>"]
    for name, data in (("stdout", output.stdout), ("stderr", output.stderr)):
        if data:
            text = base64.b64encode(data).decode()
            parts.append(f'<rsp:Stream Name="{name}" {owner}>{text}</rsp:Stream>')
    if done:
        parts.extend(
            f'<rsp:Stream Name="{name}" {owner} End="true"></rsp:Stream>'
            for name in ("stdout", "stderr")
        )
    state = f'<rsp:CommandState {owner} State="{STATE}'
    if output.exit_code is None:
        parts.append(f'{state}Running"></rsp:CommandState>')
    else:  # unsigned, as clients report it: 3221225786 after Ctrl-C
        code = output.exit_code & 0xFFFFFFFF
        parts.append(f'{state}Done"><rsp:ExitCode>{code}</rsp:ExitCode></rsp:CommandState>')
    parts.append("</rsp:ReceiveResponse>")
    return "".join(parts)
