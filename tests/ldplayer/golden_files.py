from pathlib import Path

from ldfleet.domain.process import ProcessResult

_FOLDER = Path(__file__).parent / "golden"


def golden(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()


def printed(stdout: bytes, *, exit_code: int = 0, stderr: bytes = b"") -> ProcessResult:
    return ProcessResult(exit_code=exit_code, stdout=stdout, stderr=stderr)
