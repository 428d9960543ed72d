"""How Microsoft's C runtime (UCRT) cuts a command line into arguments.

The rules of real-components.md 1, which were found equal to the genuine UCRT and to Wine's. The
one difference to CommandLineToArgvW is a run of three quotes, which nothing of ours may make. The
simulator has a copy of its own on purpose, so that client and simulator can't share a misreading.
"""


def split_arguments(line: str) -> list[str]:
    """The arguments after the program, which has simpler rules and is left to the caller.

    2n backslashes and a quote are n backslashes and a switch of quoting; 2n + 1 and a quote are n
    and the quote itself; backslashes elsewhere are themselves; two quotes within quotes are one.
    """
    found: list[str] = []
    at = 0
    while True:
        while at < len(line) and line[at] in " \t":
            at += 1
        if at == len(line):
            return found
        argument, at = _argument(line, at)
        found.append(argument)


def _argument(line: str, at: int) -> tuple[str, int]:
    text = ""
    quoted = False
    while at < len(line) and (quoted or line[at] not in " \t"):
        run = len(line) - at - len(line[at:].lstrip("\\"))
        at += run
        if at == len(line) or line[at] != '"':
            text += "\\" * run if run else line[at]
            at += 0 if run else 1
            continue
        text += "\\" * (run // 2)
        if run % 2:
            text += '"'
        elif quoted and line[at + 1 : at + 2] == '"':
            text += '"'
            at += 1
        else:
            quoted = not quoted
        at += 1
    return text, at
