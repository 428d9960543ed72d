"""Microsoft's argument rules (real-components.md 1; the vectors are from Microsoft's page)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldfleet.simulator.commandline import join, split

HOSTILE = st.text(st.sampled_from('ab \t"\\^&|<>%!()\u0436\u96f7'), max_size=12)


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        (r'x "a b c" d e', ["a b c", "d", "e"]),
        (r'x "ab\"c" "\\" d', ['ab"c', "\\", "d"]),
        (r'x a\\\b d"e f"g h', [r"a\\\b", "de fg", "h"]),
        (r"x a\\\"b c d", [r"a\"b", "c", "d"]),
        (r'x a\\\\"b c" d e', [r"a\\b c", "d", "e"]),
        (r'x a"b"" c d', ['ab" c d']),
        ('x "" b', ["", "b"]),
        ('x "a', ["a"]),
        ("x   ", []),
    ],
)
def test_a_line_is_split_as_the_ucrt_splits_it(line: str, arguments: list[str]) -> None:
    assert split(line)[1:] == arguments


def test_backslashes_mean_nothing_in_the_programs_name() -> None:
    assert split('"C:\\a b\\c.exe" x') == ["C:\\a b\\c.exe", "x"]


@given(st.lists(HOSTILE, max_size=6))
def test_what_is_joined_comes_apart_again(arguments: list[str]) -> None:
    argv = ["C:\\LD Player\\ldconsole.exe", *arguments]

    assert split(join(argv)) == argv
