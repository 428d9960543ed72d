"""The script that a PC is prepared with, from the command line."""

from pathlib import Path

from support.commandline import CommandLine

PREPARE = ("workstations", "prepare")


async def test_the_script_is_printed(cli: CommandLine) -> None:
    done = await cli(*PREPARE, "--server", "10.0.0.1", "--user", "farm", "--rights", "least")

    assert done.exit_code == 0, done.stderr
    assert "$servers=@('10.0.0.1')" in done.stdout
    assert "$user='farm'" in done.stdout and "$rights='least'" in done.stdout


async def test_the_script_is_written_as_windows_reads_it(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "p.ps1"
    done = await cli(*PREPARE, "--server", "10.0.0.1", "-o", str(file))

    assert (done.exit_code, done.stdout) == (0, "")
    assert file.read_bytes().count(b"\r\n") == file.read_bytes().count(b"\n") > 100
    assert "powershell -ExecutionPolicy Bypass -File p.ps1" in done.stderr


async def test_a_file_that_is_there_stays(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "p.ps1"
    file.write_text("mine")
    done = await cli(*PREPARE, "--undo", "-o", str(file))

    assert done.exit_code == 2
    assert "File exists" in done.stderr
    assert file.read_text() == "mine"


async def test_without_a_server_it_is_said_what_is_missing(cli: CommandLine) -> None:
    done = await cli(*PREPARE)

    assert done.exit_code == 2
    assert "servers" in done.stderr
