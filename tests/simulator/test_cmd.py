import pytest

from simulator.simulated import LDCONSOLE, Desk


async def test_an_injection_runs_and_is_seen(desk: Desk) -> None:
    chunk = await desk.cmd(f"{LDCONSOLE} rename --index 1 --title x & whoami")

    assert chunk.stdout == b"pc-01\\ldops\r\n"
    programs = [entry.argv[0] for entry in desk.machine.host.journal.after()]
    assert "whoami" in programs


async def test_quotes_hold_operators_together(desk: Desk) -> None:
    await desk.cmd(f'{LDCONSOLE} rename --index 1 --title "x & whoami | <y> ^z"')

    assert desk.config(1)["statusSettings.playerName"] == "x & whoami | <y> ^z"


async def test_a_backslashed_quote_does_not_hold_in_cmd(desk: Desk) -> None:
    chunk = await desk.cmd(f'{LDCONSOLE} rename --index 1 --title "\\"&echo INJECTED&\\""')

    assert b"INJECTED" in chunk.stdout


async def test_a_program_started_without_cmd_cannot_be_injected(desk: Desk) -> None:
    chunk = await desk.line(f"{LDCONSOLE} rename --index 1 --title x & whoami")

    assert b"Commands :" in chunk.stdout
    assert desk.effects() == ["usage"]


@pytest.mark.parametrize(
    ("line", "out", "code"),
    [
        ("echo a&&echo b", b"a\r\nb\r\n", 0),
        ("nothing && echo b", b"", 1),
        ("nothing || echo b", b"b\r\n", 0),
        ("exit /b 5", b"", 5),
        ("exit 7 & echo late", b"", 7),
        ("echo %OS% %NOT_SET%", b"Windows_NT %NOT_SET%\r\n", 0),
        ("echo ^%OS^%", b"%OS%\r\n", 0),
        ("echo a^&b", b"a&b\r\n", 0),
        ("echo first\necho second", b"first\r\n", 0),
        ("set X=1& echo done", b"done\r\n", 0),
        ("cd C:\\LDPlayer & cd", b"C:\\LDPlayer\r\n", 0),
        ("hostname", b"pc-01\r\n", 0),
        ("echo x>C:\\t.txt&type C:\\t.txt", b"x\r\n", 0),
        ("nothing 2>nul & echo seen", b"seen\r\n", 0),
        ("dir /b C:\\LDPlayer", b"LDPlayer9\r\n", 0),
    ],
)
async def test_cmd_reads_a_line_as_windows_does(
    desk: Desk, line: str, out: bytes, code: int
) -> None:
    chunk = await desk.cmd(line)

    assert (chunk.stdout, chunk.exit_code) == (out, code)


async def test_an_unknown_program_is_told_in_windows_words(desk: Desk) -> None:
    chunk = await desk.cmd("frobnicate --now")

    assert chunk.exit_code == 1
    assert chunk.stderr == (
        b"'frobnicate' is not recognized as an internal or external command,\r\n"
        b"operable program or batch file.\r\n"
    )


async def test_an_unknown_program_without_cmd_is_not_started(desk: Desk) -> None:
    with pytest.raises(FileNotFoundError):
        desk.begin("frobnicate --now")


async def test_slash_c_takes_the_outer_quotes_from_a_line_with_more_than_two(desk: Desk) -> None:
    kept = await desk.cmd(f'"{LDCONSOLE}" "list"')

    assert kept.exit_code == 1


async def test_a_pipe_feeds_the_next_command(desk: Desk) -> None:
    chunk = await desk.cmd("echo exit 9 | cmd")

    assert chunk.exit_code == 9


async def test_a_line_too_long_for_cmd_is_refused(desk: Desk) -> None:
    chunk = await desk.cmd("echo " + "x" * 8200)

    assert chunk.stderr == b"The command line is too long.\r\n"


async def test_the_right_to_skip_cmd_can_be_ignored(desk: Desk) -> None:
    desk.machine.faults.skip_cmd_shell_ignored = True

    chunk = await desk.line("echo a & whoami")

    assert b"pc-01\\ldops" in chunk.stdout


async def test_a_refused_path_is_told_in_windows_words(desk: Desk) -> None:
    desk.machine.faults.access_denied = "C:\\Users"

    chunk = await desk.cmd("cd C:\\Users")

    assert (chunk.stderr, chunk.exit_code) == (b"Access is denied.\r\n", 1)
