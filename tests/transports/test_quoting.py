"""Arguments on one line, for whoever takes it apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldfleet import errors
from ldfleet.simulator import cmdline
from ldfleet.transports.quoting import command_words, is_full_path
from support.windows_argv import split_arguments

PASSABLE = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters='"%!\ufffe\uffff'),
    max_size=12,
) | st.text("ab \\&|<>^()", max_size=12)
PROGRAM = "C:\\LDPlayer\\LDPlayer9\\ldconsole.exe"
SPACED = "C:\\Program Files\\LDPlayer\\ldconsole.exe"


@given(st.lists(PASSABLE, max_size=6))
def test_windows_rules_give_the_arguments_back(arguments: list[str]) -> None:
    program, *words = command_words([PROGRAM, *arguments])

    assert program == PROGRAM
    assert split_arguments(" ".join(words)) == arguments


@given(st.lists(PASSABLE, max_size=6))
def test_cmd_sees_one_command_and_changes_nothing(arguments: list[str]) -> None:
    line = " ".join(command_words([PROGRAM, *arguments]))

    heard = cmdline.strip_quotes(line, is_program=lambda _: True)
    segments = cmdline.parse(cmdline.expand(heard, {"OS": "Windows_NT"}))

    assert [segment.text.strip() for segment in segments] == [line.strip()]
    assert not segments[0].redirections


@given(st.lists(PASSABLE, max_size=4))
def test_below_a_path_with_blanks_cmd_still_runs_nothing_else(arguments: list[str]) -> None:
    try:
        line = " ".join(command_words([SPACED, *arguments]))
    except errors.ArgumentRefused:
        return

    heard = cmdline.strip_quotes(line, is_program=lambda word: word == SPACED)

    assert len(cmdline.parse(heard)) == 1


def test_plain_arguments_pass_below_a_path_with_blanks() -> None:
    words = command_words([SPACED, "launch", "--index", "3"])

    assert words == [f'"{SPACED}"', "launch", "--index", "3"]
    line = " ".join(words)
    assert cmdline.strip_quotes(line, is_program=lambda word: word == SPACED) == line


def test_a_refused_character_is_named() -> None:
    with pytest.raises(errors.ArgumentRefused) as raised:
        command_words([PROGRAM, "a\nb"])

    assert raised.value.character == "the character U+000A"


@pytest.mark.parametrize(
    ("program", "full"),
    [
        (PROGRAM, True),
        ("\\\\server\\share\\a.exe", True),
        ("reg.exe", False),
        ("LDPlayer\\ldconsole.exe", False),
    ],
)
def test_a_full_path_names_drive_or_share(program: str, *, full: bool) -> None:
    assert is_full_path(program) is full
