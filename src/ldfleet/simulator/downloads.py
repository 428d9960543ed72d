"""curl.exe and tar.exe of Windows 10, as far as files are fetched and unpacked by them."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence

import httpx

from ldfleet.simulator.files import NoSpace
from ldfleet.simulator.host import Invocation

_OPTION = re.compile(r'\s*([a-z-]+)\s*(?:[=:]?\s*"((?:\\.|[^"\\])*)"|[=:]?\s*(\S+))?\s*')
_REFUSED = 400
_CONNECT, _HTTP, _WRITE, _TIMED_OUT, _TLS = 7, 22, 23, 28, 60


async def curl(invocation: Invocation) -> int:
    """`curl -q -K -`: one file, as the configuration on standard input says. It really fetches."""
    words = invocation.argv[1:]
    if words != ["-q", "-K", "-"]:
        return _say(invocation, 2, "this simulated PC knows curl -q -K - alone")
    given = _options((await invocation.process.input.read_all()).decode())
    faults = invocation.host.faults
    if faults.downloads_blocked:
        return _say(invocation, _CONNECT, "Failed to connect: Connection refused")
    try:
        content = await _fetched(given)
    except httpx.HTTPError as error:
        return _say(invocation, *_told(error))
    if faults.downloads_torn:
        content = content[: len(content) // 2]
    try:
        invocation.host.files.write(given["output"][0], content)
    except (NoSpace, OSError) as error:
        return _say(invocation, _WRITE, f"Failure writing output to destination: {error}")
    return 0


async def _fetched(given: Mapping[str, Sequence[str]]) -> bytes:
    headers = dict(line.split(": ", 1) for line in given.get("header", ()))
    url = given["url"][0]
    limit = httpx.Timeout(float(given.get("max-time", ("60",))[0]))
    async with httpx.AsyncClient(verify=url.startswith("https"), timeout=limit) as client:
        answer = await client.get(url, headers=headers)
    if answer.status_code >= _REFUSED and "fail" in given:
        answer.raise_for_status()
    return answer.content


def _told(error: httpx.HTTPError) -> tuple[int, str]:
    if isinstance(error, httpx.HTTPStatusError):
        return _HTTP, f"The requested URL returned error: {error.response.status_code}"
    if isinstance(error, httpx.TimeoutException):
        return _TIMED_OUT, "Connection timed out"
    return (_TLS if "CERTIFICATE" in str(error).upper() else _CONNECT), str(error)


def _options(text: str) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        matched = _OPTION.fullmatch(line)
        if matched:
            quoted = re.sub(r"\\(.)", r"\1", matched[2]) if matched[2] else matched[3] or ""
            found.setdefault(matched[1], []).append(quoted)
    return found


def _say(invocation: Invocation, code: int, words: str) -> int:
    invocation.err(f"curl: ({code}) {words}\r\n")
    return code


async def tar(invocation: Invocation) -> int:
    """`tar -xf ARCHIVE -C FOLDER MEMBER…`, of a ZIP archive as bsdtar reads them too."""
    files = invocation.host.files
    match invocation.argv[1:]:
        case ["-xf", archive, "-C", folder, *members]:
            if not files.exists(folder):
                invocation.err(f"tar.exe: could not chdir to '{folder}'\r\n")
                return 1
            try:
                with zipfile.ZipFile(io.BytesIO(files.read(archive))) as packed:
                    for member in members:
                        place = member.replace("/", "\\")
                        files.write(f"{folder}\\{place}", packed.read(member))
            except (KeyError, zipfile.BadZipFile, NoSpace, OSError) as error:
                invocation.err(f"tar.exe: {error}\r\n")
                return 1
            return 0
        case _:
            invocation.err("tar.exe: Must specify one of -c, -r, -t, -u, -x\r\n")
            return 1
