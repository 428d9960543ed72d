"""A workstation of a few lines behind the real endpoint, and a hand-written WS-Man client."""

import asyncio
import base64
import random
import ssl
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ldfleet.simulator.seam import Chunk, CimInstance, Handler
from ldfleet.simulator.winrm.endpoint import WinRMEndpoint
from ldfleet.simulator.winrm.options import WinRMOptions

USER = "operator"
PASSWORD = "Señor-7 пароль"
ASCII_USER, ASCII_PASSWORD = "helper", "plain-pass-1"

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
CMD = f"{SHELL}/cmd"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2"
NAMESPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "n": ENUMERATION,
    "x": TRANSFER,
    "rsp": SHELL,
    "f": "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault",
}
CTRL_C_EXIT = 0xC000013A


class ManualClock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class SmallProcess:
    """A program: what it says at once, and perhaps an end that somebody has to bring about."""

    def __init__(self, pid: int, *, stdout: bytes = b"", stderr: bytes = b"") -> None:
        self.pid = pid
        self.reads_stdin = False
        self.fate = ""
        self._stdout = stdout
        self._stderr = stderr
        self._exit_code: int | None = None
        self._news = asyncio.Event()
        if stdout or stderr:
            self._news.set()

    def say(self, text: bytes) -> None:
        self._stdout += text
        self._news.set()

    def end(self, exit_code: int) -> None:
        if self._exit_code is None:
            self._exit_code = exit_code
            self._news.set()

    def feed(self, data: bytes, *, end: bool) -> None:
        if self.reads_stdin and data:
            self.say(data)
        if self.reads_stdin and end:
            self.end(0)

    async def read(self) -> Chunk:
        await self._news.wait()
        chunk = Chunk(stdout=self._stdout, stderr=self._stderr, exit_code=self._exit_code)
        self._stdout = self._stderr = b""
        if self._exit_code is None:
            self._news.clear()
        return chunk

    def interrupt(self) -> None:
        self.fate = self.fate or "interrupted"
        self.end(CTRL_C_EXIT)

    def terminate(self) -> None:
        if self._exit_code is None:
            self.fate = self.fate or "terminated"
        self.end(1)


@dataclass(frozen=True, kw_only=True)
class Start:
    line: str
    user: str
    skip_cmd_shell: bool
    code_page: int
    environment: Mapping[str, str]
    working_directory: str | None


@dataclass
class SmallMachine:
    name: str = "PC-01"
    accounts: dict[str, str] = field(
        default_factory=lambda: {USER: PASSWORD, ASCII_USER: ASCII_PASSWORD}
    )
    starts: list[Start] = field(default_factory=list[Start])
    processes: list[SmallProcess] = field(default_factory=list[SmallProcess])

    def listening(self, port: int) -> Handler | None:
        del port
        return None

    def password_of(self, user: str) -> str | None:
        return self.accounts.get(user.casefold())

    def start(
        self,
        command: str,
        arguments: Sequence[str],
        *,
        user: str,
        skip_cmd_shell: bool,
        code_page: int,
        environment: Mapping[str, str],
        working_directory: str | None,
    ) -> SmallProcess:
        line = " ".join([command, *arguments])
        name, _, rest = line.partition(" ")
        if skip_cmd_shell and name == "nothing.exe":
            raise FileNotFoundError(name)
        self.starts.append(
            Start(
                line=line,
                user=user,
                skip_cmd_shell=skip_cmd_shell,
                code_page=code_page,
                environment=environment,
                working_directory=working_directory,
            )
        )
        process = self._program(name, rest, environment)
        self.processes.append(process)
        return process

    def query(self, namespace: str, class_name: str) -> Sequence[CimInstance]:
        instances = {
            ("root/cimv2", "win32_operatingsystem"): [operating_system()],
            ("root/cimv2", "win32_process"): [process_row(each) for each in range(5)],
        }
        return instances[namespace.casefold(), class_name.casefold()]

    def _program(self, name: str, rest: str, environment: Mapping[str, str]) -> SmallProcess:
        pid = 4 * (len(self.processes) + 1)
        says = {"echo": f"{rest}\r\n", "set": environment.get(rest, ""), "tick": "tick"}.get(name)
        process = SmallProcess(pid, stdout=says.encode() if says is not None else b"")
        if name in {"echo", "set"}:
            process.end(0)
        elif name == "cat":
            process.reads_stdin = True
        elif name == "big":
            process.say(b"x" * int(rest))
            process.end(0)
        elif name not in {"sleep", "tick"}:
            process = SmallProcess(pid, stdout=b"so far", stderr=f"'{name}' is unknown".encode())
            process.end(9009)
        return process


def operating_system() -> CimInstance:
    return CimInstance(
        class_name="Win32_OperatingSystem",
        properties={
            "Caption": "Microsoft Windows 10 Pro",
            "FreePhysicalMemory": 8123456,
            "Primary": True,
            "Manufacturer": None,
            "MUILanguages": ("en-US", "ru-RU"),
            "LastBootUpTime": "20261122214151.500000+060",
        },
        datetimes=frozenset({"LastBootUpTime"}),
    )


def process_row(number: int) -> CimInstance:
    return CimInstance(
        class_name="Win32_Process",
        properties={
            "Name": f"player{number}.exe",
            "ProcessId": 100 + number,
            "SessionId": number % 2,
            "CommandLine": f'"C:\\x" <{number}> & more',
        },
    )


@dataclass(frozen=True)
class Reply:
    status: int
    text: str

    @property
    def root(self) -> ET.Element:
        return ET.fromstring(self.text)  # noqa: S314 - our own reply

    @property
    def body(self) -> ET.Element:
        found = self.root.find("s:Body", NAMESPACES)
        assert found is not None
        return found

    @property
    def code(self) -> str | None:
        fault = self.body.find(".//f:WSManFault", NAMESPACES)
        return fault.get("Code") if fault is not None else None

    @property
    def subcode(self) -> str | None:
        return self.body.findtext("s:Fault/s:Code/s:Subcode/s:Value", None, NAMESPACES)

    def of(self, path: str) -> str:
        found = self.body.findtext(path, None, NAMESPACES)
        assert found is not None, self.text
        return found

    def stream(self, name: str) -> bytes:
        texts = [
            each.text or ""
            for each in self.body.findall(".//rsp:Stream", NAMESPACES)
            if each.get("Name") == name
        ]
        return b"".join(base64.b64decode(text) for text in texts)

    @property
    def state(self) -> str:
        found = self.body.find(".//rsp:CommandState", NAMESPACES)
        assert found is not None, self.text
        return (found.get("State") or "").rsplit("/", 1)[-1]


@dataclass
class Raw:
    """WS-Man by hand, over HTTPS with Basic: its own XML, owing nothing to any library."""

    http: httpx.AsyncClient
    url: str

    async def send(
        self,
        action: str,
        uri: str,
        body: str = "",
        *,
        selectors: Mapping[str, str] | None = None,
        options: Mapping[str, str] | None = None,
        within: str = "PT5S",
        message_id: str = "",
        max_envelope_size: int = 153600,
    ) -> Reply:
        soap = (
            "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope' "
            "xmlns:addr='http://schemas.xmlsoap.org/ws/2004/08/addressing' "
            "xmlns:man='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd' "
            f"xmlns:sh='{SHELL}' xmlns:en='{ENUMERATION}'><e:Header>"
            f"<addr:Action e:mustUnderstand='true'>{action}</addr:Action>"
            f"<addr:MessageID>{message_id or f'uuid:{uuid.uuid4()}'}</addr:MessageID>"
            f"<addr:To>{self.url}</addr:To><man:ResourceURI>{escape(uri)}</man:ResourceURI>"
            f"<man:MaxEnvelopeSize>{max_envelope_size}</man:MaxEnvelopeSize>"
            f"<man:OperationTimeout>{within}</man:OperationTimeout>"
            + _set("SelectorSet", "Selector", selectors)
            + _set("OptionSet", "Option", options)
            + f"</e:Header><e:Body>{body}</e:Body></e:Envelope>"
        )
        return await self.post(soap.encode())

    async def post(self, soap: bytes) -> Reply:
        answer = await self.http.post(
            self.url, content=soap, headers={"Content-Type": "application/soap+xml;charset=UTF-8"}
        )
        return Reply(answer.status_code, answer.text)

    async def create(self, inside: str = "", options: Mapping[str, str] | None = None) -> Reply:
        body = (
            f"<sh:Shell><sh:InputStreams>stdin</sh:InputStreams>"
            f"<sh:OutputStreams>stdout stderr</sh:OutputStreams>{inside}</sh:Shell>"
        )
        return await self.send(f"{TRANSFER}/Create", CMD, body, options=options)

    async def open(self, inside: str = "", options: Mapping[str, str] | None = None) -> str:
        return (await self.create(inside, options)).of("rsp:Shell/rsp:ShellId")

    async def command(
        self, shell: str, line: str, *, skip: bool = False, command_id: str = ""
    ) -> Reply:
        chosen = f" CommandId='{command_id}'" if command_id else ""
        words = line.split(" ")
        arguments = "".join(f"<sh:Arguments>{escape(each)}</sh:Arguments>" for each in words[1:])
        body = (
            f"<sh:CommandLine{chosen}><sh:Command>{escape(words[0])}</sh:Command>{arguments}"
            "</sh:CommandLine>"
        )
        options = {"WINRS_SKIP_CMD_SHELL": str(skip).upper()}
        selectors = {"ShellId": shell}
        return await self.send(f"{SHELL}/Command", CMD, body, selectors=selectors, options=options)

    async def run(self, shell: str, line: str) -> str:
        return (await self.command(shell, line)).of("rsp:CommandResponse/rsp:CommandId")

    async def receive(
        self, shell: str, command: str | None, *, within: str = "PT5S", message_id: str = ""
    ) -> Reply:
        owner = f" CommandId='{command}'" if command is not None else ""
        body = f"<sh:Receive><sh:DesiredStream{owner}>stdout stderr</sh:DesiredStream></sh:Receive>"
        return await self.send(
            f"{SHELL}/Receive",
            CMD,
            body,
            selectors={"ShellId": shell},
            within=within,
            message_id=message_id,
        )

    async def signal(self, shell: str, command: str, code: str = "terminate") -> Reply:
        body = (
            f"<sh:Signal CommandId='{command}'><sh:Code>{SHELL}/signal/{code}</sh:Code></sh:Signal>"
        )
        return await self.send(f"{SHELL}/Signal", CMD, body, selectors={"ShellId": shell})

    async def delete(self, shell: str) -> Reply:
        return await self.send(f"{TRANSFER}/Delete", CMD, selectors={"ShellId": shell})


def _set(name: str, child: str, values: Mapping[str, str] | None) -> str:
    children = "".join(
        f"<man:{child} Name={quoteattr(key)}>{escape(value)}</man:{child}>"
        for key, value in (values or {}).items()
    )
    return f"<man:{name}>{children}</man:{name}>" if children else ""


@dataclass
class Bench:
    endpoint: WinRMEndpoint
    machine: SmallMachine
    clock: ManualClock

    @asynccontextmanager
    async def raw(self, user: str = USER, password: str = PASSWORD) -> AsyncGenerator[Raw]:
        url = f"https://127.0.0.1:{self.endpoint.https_port}/wsman"
        auth = httpx.BasicAuth(user.encode(), password.encode())
        async with httpx.AsyncClient(
            verify=trusting(self.endpoint), auth=auth, trust_env=False, timeout=20
        ) as http:
            yield Raw(http, url)


def trusting(endpoint: WinRMEndpoint) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=endpoint.certificate_pem)
    return context


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that the endpoint's counters tell."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - a counter is a number, not an event
            await asyncio.sleep(0.005)


def client_certificate() -> tuple[str, str]:
    """A certificate for logging in, and its key, both PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ldfleet")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2024, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2049, 1, 1, tzinfo=UTC))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM).decode(), private.decode()


@asynccontextmanager
async def serving(options: WinRMOptions | None = None) -> AsyncGenerator[Bench]:
    machine, clock = SmallMachine(), ManualClock()
    endpoint = WinRMEndpoint(machine, chance=random.Random(7), clock=clock, options=options)
    await endpoint.start()
    try:
        yield Bench(endpoint, machine, clock)
    finally:
        await endpoint.stop()
