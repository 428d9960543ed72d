"""Microsoft's rules for one command line: how a program sees its arguments.

The rules of the UCRT, which every C program on Windows shares (real-components.md 1); a model
of them in Python was equal to the genuine UCRT on 120 hostile lines there.
"""

import re
from collections.abc import Sequence

BLANKS = " \t"
# Whole runs of what means nothing special: scripts on a command line are 8,000 characters long.
_PLAIN = {True: re.compile(r'[^\\"]+'), False: re.compile(r'[^\\" \t]+')}


def split(line: str) -> list[str]:
    """The argv a C program gets for its raw command line."""
    program, at = _program_name(line)
    words = [program]
    while True:
        while at < len(line) and line[at] in BLANKS:
            at += 1
        if at >= len(line):
            return words
        word, at = _argument(line, at)
        words.append(word)


def split_arguments(text: str) -> list[str]:
    """The arguments in a text that does not begin with a program's name."""
    return split("x " + text)[1:]


def join(argv: Sequence[str]) -> str:
    """A line that `split` takes apart into the same words (the first is a file's path)."""
    if not argv:
        return ""
    program = f'"{argv[0]}"' if any(blank in argv[0] for blank in BLANKS) else argv[0]
    return " ".join([program, *(quote(word) for word in argv[1:])])


def quote(word: str) -> str:
    """One argument, quoted where it has to be."""
    if word and not any(character in word for character in ' \t\n\v"'):
        return word
    parts = ['"']
    slashes = 0
    for character in word:
        if character == "\\":
            slashes += 1
            continue
        doubled = slashes * 2 + 1 if character == '"' else slashes
        parts.append("\\" * doubled + character)
        slashes = 0
    parts.append("\\" * (slashes * 2) + '"')
    return "".join(parts)


def _program_name(line: str) -> tuple[str, int]:
    # The first word is a path: quotes group it, backslashes mean nothing special.
    quoted = False
    characters: list[str] = []
    for at, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character in BLANKS and not quoted:
            return "".join(characters), at
        else:
            characters.append(character)
    return "".join(characters), len(line)


def _argument(line: str, at: int) -> tuple[str, int]:
    quoted = False
    characters: list[str] = []
    while at < len(line):
        if run := _PLAIN[quoted].match(line, at):
            characters.append(run[0])
            at = run.end()
        slashes = 0
        while at < len(line) and line[at] == "\\":
            slashes += 1
            at += 1
        if at < len(line) and line[at] == '"':
            characters.append("\\" * (slashes // 2))
            literal = slashes % 2 == 1
            if not literal and quoted and line[at + 1 : at + 2] == '"':
                literal = True  # "" inside quotes is one quote, and the quotes go on
                at += 1
            if literal:
                characters.append('"')
            else:
                quoted = not quoted
            at += 1
            continue
        characters.append("\\" * slashes)
        if at >= len(line) or (line[at] in BLANKS and not quoted):
            break
        characters.append(line[at])
        at += 1
    return "".join(characters), at
