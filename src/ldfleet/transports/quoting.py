"""One way to pass arguments that is safe with and without cmd.exe (winrm.md 6).

WinRS may put a command line through cmd.exe although it was told not to, and so may sshd. Inside
double quotes cmd takes `& | < > ^ ( )` literally, and Windows' argument rules know only quotes and
backslashes; what both could stumble over is refused.

One trap is left: of a line that begins with a quote, `cmd /C` drops the first and the last quote
(`cmd /?`), and what stood inside quotes stands outside. So a program's path is quoted only where
it must be; then as little else as possible is, and what cmd would obey is refused.
"""

import re
import unicodedata
from collections.abc import Sequence

from ldfleet import errors

_TRAILING_BACKSLASHES = re.compile(r"(\\+)\Z")
_FULL_PATH = re.compile(r"[A-Za-z]:\\|\\\\")
_PLAIN = re.compile(r"[\w.:\\/~+-]+")
_REFUSED = frozenset('"%!')
_OPERATORS = frozenset("&|<>^()")
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs"})  # control characters, halves of surrogate pairs
_NOT_IN_XML = frozenset("\ufffe\uffff")


def command_words(argv: Sequence[str]) -> list[str]:
    """The words of a command line, to be joined by blanks. Raises ArgumentRefused."""
    check_arguments(argv)
    program, *arguments = argv
    if _is_plain(program):
        return [program, *(quote(each) for each in arguments)]
    for character in "".join(arguments):
        if character in _OPERATORS:
            raise errors.ArgumentRefused(character=character)
    return [quote(program), *(each if _is_plain(each) else quote(each) for each in arguments)]


def check_arguments(argv: Sequence[str]) -> None:
    """Raise ArgumentRefused for what can't be passed safely in any way."""
    if not argv or not argv[0]:
        raise ValueError("a command line needs a program")
    for character in "".join(argv):
        if _is_refused(character):
            raise errors.ArgumentRefused(character=_named(character))


def quote(argument: str) -> str:
    """The argument between double quotes; only for what `check_arguments` let pass."""
    doubled = _TRAILING_BACKSLASHES.sub(r"\1\1", argument)
    return f'"{doubled}"'


def is_full_path(program: str) -> bool:
    """Whether the program is named by drive or share, so that no search path is needed."""
    return _FULL_PATH.match(program) is not None


def _is_plain(word: str) -> bool:
    return _PLAIN.fullmatch(word) is not None


def _is_refused(character: str) -> bool:
    if character.isascii():
        return character in _REFUSED or not character.isprintable()
    return unicodedata.category(character) in _REFUSED_CATEGORIES or character in _NOT_IN_XML


def _named(character: str) -> str:
    return character if character in _REFUSED else f"the character U+{ord(character):04X}"
