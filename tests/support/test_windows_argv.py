import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.windows_argv import split_arguments


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        # Microsoft's own table of results (Parsing C command-line arguments)
        (r'"abc" d e', ["abc", "d", "e"]),
        (r'a\\b d"e f"g h', [r"a\\b", "de fg", "h"]),
        (r"a\\\"b c d", [r"a\"b", "c", "d"]),
        (r'a\\\\"b c" d e', [r"a\\b c", "d", "e"]),
        ('a"b"" c d', ['ab" c d']),
        # and what it says of blanks, empty arguments, and quotes that never end
        ("", []),
        (" \t ", []),
        ("  a\tb  ", ["a", "b"]),
        ('""', [""]),
        ('a "" b', ["a", "", "b"]),
        ('"open end', ["open end"]),
        ("a^b \\", ["a^b", "\\"]),
        ('"C:\\a b\\\\" c', ["C:\\a b\\", "c"]),
        ('"C:\\a b\\" c', ['C:\\a b" c']),
        ("'a b'", ["'a", "b'"]),
        ('"""a"""', ['"a"']),
    ],
)
def test_a_line_is_cut_as_the_runtime_cuts_it(line: str, arguments: list[str]) -> None:
    assert split_arguments(line) == arguments


@settings(deadline=None, derandomize=True)
@given(st.lists(st.text(' \t"\\&|%^!<>()aЖ雷\n')))
def test_what_python_quotes_comes_back(arguments: list[str]) -> None:
    assert split_arguments(subprocess.list2cmdline(arguments)) == arguments
