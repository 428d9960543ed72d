"""What every problem means: the pages that the `type` of a problem document leads to."""

from html import escape
from itertools import groupby

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from ldfleet import errors
from ldfleet.api import html
from ldfleet.wire.catalogue import ProblemType, problem_types

router = APIRouter(include_in_schema=False)


@router.get("/problems")
async def list_problem_types() -> HTMLResponse:
    about = (
        "<p>What a <code>type</code> or <code>code</code> in an answer or in an operation's "
        "<code>failure</code> means, and what to do about it. Decide by the code and its fields, "
        "never by the words.</p>"
    )
    parts = ["<h1>Problems</h1>", about]
    for group, members in groupby(problem_types(), key=lambda one: one.group):
        parts += [f"<h2>{escape(group)}</h2>", html.rows(_row(one) for one in members)]
    return html.page("Problems", parts)


@router.get("/problems/{code}")
async def show_problem_type(code: str) -> HTMLResponse:
    found = next((one for one in problem_types() if one.code == code), None)
    if found is None:
        raise errors.PathUnknown(path=f"/problems/{code}")
    return html.page(found.title, _told(found))


def _row(one: ProblemType) -> tuple[str, ...]:
    return (
        html.link(f"/problems/{one.code}", one.code),
        str(one.status),
        html.sentence(one.meaning),
    )


def _told(one: ProblemType) -> list[str]:
    again = (
        "Yes, the same request may work later."
        if one.retryable
        else "No, not before something has changed."
    )
    parts = [
        f"<p>{html.link('/problems', 'Problems')}: {escape(one.group)}</p>",
        f"<h1>{escape(one.title)}</h1>",
        f"<p>{html.sentence(one.meaning)}</p>",
        f"<dl><dt>What to do</dt><dd>{escape(one.remedy)}</dd>",
        f"<dt>Worth trying again?</dt><dd>{again}</dd>",
        f"<dt>Code</dt><dd>{html.code(one.code)}</dd>",
        f"<dt>HTTP status</dt><dd>{one.status}, where a request is refused with it</dd></dl>",
    ]
    if one.fields:
        fields = ((html.code(name), kind) for name, kind in one.fields.items())
        parts += ["<h2>Fields</h2>", html.rows(fields)]
    return parts
