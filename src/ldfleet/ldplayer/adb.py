r"""What the ADB server of a workstation speaks (AOSP, adb/SERVICES.TXT): bytes in, bytes out.

A request is four hex digits of length and a service; `OKAY` or `FAIL` and a reason answer it.
After `host:transport:` the connection belongs to a device, and after one of the device's services
it carries what that service writes.
"""

from ldfleet.domain.process import ProcessResult
from ldfleet.ldplayer.text import NotUnderstood, excerpt

SERVER_PORT = 5037
_FIRST_PORT = 5555
_STATUS = 4
_LENGTH = 4
_LONGEST = 0xFFFF


class AdbRefused(Exception):
    """`FAIL`, or an error of adb.exe, with its reason; nothing was done."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def serial_of(index: int) -> str:
    """As `adb devices` shows an emulator by itself (ldconsole.md 8)."""
    return f"emulator-{_FIRST_PORT - 1 + 2 * index}"


def address_of(index: int) -> str:
    """What `adb connect` takes for it; the second serial of the same device."""
    return f"127.0.0.1:{_FIRST_PORT + 2 * index}"


def request(service: str) -> bytes:
    """A request as it is sent."""
    content = service.encode()
    if len(content) > _LONGEST:
        raise ValueError("a service's name is too long for ADB")
    return f"{len(content):04x}".encode() + content


class Asking:
    """Requests on one connection, each sent when the one before it was answered."""

    def __init__(self, *services: str) -> None:
        self._left = list(services)
        self._received = bytearray()

    @property
    def granted(self) -> bool:
        """Whether all were; what comes now is the last one's."""
        return not self._left

    def begin(self) -> bytes:
        """What is sent first."""
        return request(self._left[0])

    def receive(self, data: bytes) -> bytes:
        """What is sent next, if anything.

        Raises:
            AdbRefused: a request was answered with FAIL.
            NotUnderstood: what answers is no ADB server.
        """
        self._received += data
        if self.granted or len(self._received) < _STATUS:
            return b""
        status = bytes(self._received[:_STATUS])
        if status == b"FAIL":
            reason = block(bytes(self._received[_STATUS:]))
            if reason is None:
                return b""
            raise AdbRefused(reason.decode(errors="replace"))
        if status != b"OKAY":
            raise NotUnderstood(f"ADB said {excerpt(bytes(self._received))}")
        del self._received[:_STATUS]
        self._left.pop(0)
        return request(self._left[0]) if self._left else b""

    def rest(self) -> bytes:
        """What came behind the last answer."""
        return bytes(self._received)


def block(data: bytes) -> bytes | None:
    """What four hex digits of length precede; None where it is not whole yet."""
    if len(data) < _LENGTH:
        return None
    try:
        size = int(data[:_LENGTH], 16)
    except ValueError as error:
        raise NotUnderstood(f"ADB said {excerpt(data)}") from error
    return data[_LENGTH : _LENGTH + size] if len(data) >= _LENGTH + size else None


def read_answer(result: ProcessResult) -> bytes:
    """What a device's shell printed through adb.exe. Raises AdbRefused where none was reached."""
    said = result.stderr.decode(errors="replace").splitlines()
    refusals = [line for line in said if line.startswith(("error:", "adb: ", "adb.exe: "))]
    if result.exit_code != 0 and refusals:
        raise AdbRefused(refusals[0].partition(": ")[2])
    return result.stdout
