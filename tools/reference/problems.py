"""docs/reference/problems.md."""

from collections.abc import Sequence
from itertools import groupby

from ldfleet.cli.exits import MEANINGS, of_type
from ldfleet.wire.catalogue import ProblemType, problem_types
from tools.reference.markdown import code, head, table, text

_HEAD = ("Code", "HTTP", "Exit", "Again?", "Meaning", "What to do", "Fields")


def page() -> str:
    """The whole page."""
    lines = [head("problems")]
    for group, members in groupby(problem_types(), key=lambda one: one.group):
        lines += [f"## {group}", "", *table(_HEAD, (_row(one) for one in members)), ""]
    lines += ["## Exit codes", "", *_exits(), ""]
    return "\n".join(lines)


def _row(one: ProblemType) -> Sequence[str]:
    meaning = text(one.meaning).replace("{", "`{").replace("}", "}`")
    return (
        code(one.code),
        str(one.status),
        str(int(of_type(one.error))),
        "yes" if one.retryable else "no",
        meaning,
        text(one.remedy),
        ", ".join(f"{code(name)} ({kind})" for name, kind in one.fields.items()),
    )


def _exits() -> list[str]:
    rows = ((str(int(exit_code)), meaning) for exit_code, meaning in MEANINGS.items())
    return table(("Exit code of a command", "Meaning"), rows)
