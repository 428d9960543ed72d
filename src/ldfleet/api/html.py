"""Pages for people: small, without scripts, and safe to show anything in."""

import base64
import hashlib
import re
from collections.abc import Iterable
from html import escape

from starlette.responses import HTMLResponse

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 62rem; margin: 0 auto; padding: 1rem 1.25rem 4rem; }
h1, h2, h3 { line-height: 1.25; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #8886; }
code, pre { font: .9em ui-monospace, monospace; }
pre { padding: .75rem 1rem; overflow-x: auto; background: #8882; border-radius: 4px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; }
tr + tr { border-top: 1px solid #8884; }
dt { font-weight: 600; margin-top: .75rem; }
dd { margin: 0; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{_STYLE_HASH}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


def page(title: str, parts: Iterable[str]) -> HTMLResponse:
    """A whole page; `parts` are HTML already, the title is text."""
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)} · ldfleet</title><style>{_STYLE}</style></head><body>"
    )
    return HTMLResponse(
        "\n".join((head, *parts, "</body></html>\n")),
        headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"},
    )


def link(address: str, text: str) -> str:
    """A link with a text."""
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def code(text: str) -> str:
    """What is typed or sent word for word."""
    return f"<code>{escape(text)}</code>"


def sentence(template: str) -> str:
    """A sentence in whose place of `{fields}` stand their names."""
    return re.sub(r"\{(\w+)\}", r"<var>\1</var>", escape(template))


def rows(pairs: Iterable[tuple[str, ...]]) -> str:
    """A table without a head; cells are HTML already."""
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in pairs)
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
