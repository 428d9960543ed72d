"""The dashboard's files, as `web/` built them: assets for a year, its page for all other paths."""

import base64
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import FileResponse, HTMLResponse, Response

from ldfleet import errors
from ldfleet.api import html

BUILT = Path(__file__).parent / "web"
_OURS = ("api", "docs", "problems", "metrics", "openapi.json")
"""First parts of paths that never lead to the dashboard's page."""
_PAGE = "page"
_ENCODINGS: Mapping[str, str] = {"br": ".br", "gzip": ".gz"}
_SUFFIXES = tuple(_ENCODINGS.values())
_FOREVER = "public, max-age=31536000, immutable"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_HARDENED: Mapping[str, str] = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
}


class _Page(Convertor[str]):
    """What the API does not have for itself, whatever the method."""

    regex = rf"(?!(?:{'|'.join(map(re.escape, _OURS))})(?:/|$)).*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor(_PAGE, _Page())


def router_over(folder: Path = BUILT) -> APIRouter:
    """The routes that serve what was built into `folder`. They come after all others."""
    router = APIRouter(include_in_schema=False)

    @router.get(f"/{{path:{_PAGE}}}")
    def show_dashboard(path: str, request: Request) -> Response:
        found = _file_of(folder, path)
        if found is not None:
            return _file(found, request, forever=path.startswith("assets/"))
        if path.startswith("assets/"):  # of an older version: its page has to be loaded again
            raise errors.PathUnknown(path=f"/{path}")
        return _page(folder, request)

    return router


def policy_of(page: str) -> str:
    """The Content-Security-Policy that allows this page's own inline scripts and no others."""
    hashes = (hashlib.sha256(each.encode()).digest() for each in _INLINE.findall(page))
    allowed = " ".join(f"'sha256-{base64.b64encode(each).decode()}'" for each in hashes)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {allowed}".rstrip(),
            # Positions of virtual rows and Mantine's theme are inline styles.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _file_of(folder: Path, path: str) -> Path | None:
    """The file with that path, if it really lies in the folder and is not the page itself."""
    if not path or path in {"index.html", "manifest.json"} or path.endswith(_SUFFIXES):
        return None
    try:
        found = (folder / path).resolve()
    except (OSError, ValueError):  # a name that no file can have
        return None
    return found if found.is_relative_to(folder.resolve()) and found.is_file() else None


def _file(path: Path, request: Request, *, forever: bool) -> Response:
    headers = {**_HARDENED, "Vary": "Accept-Encoding"}
    headers["Cache-Control"] = _FOREVER if forever else "public, max-age=3600"
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _packed(path, request, media_type=media_type, headers=headers)


def _page(folder: Path, request: Request) -> Response:
    page = folder / "index.html"
    if not page.is_file():
        return _not_built()
    headers = {
        **_HARDENED,
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
        "Content-Security-Policy": policy_of(page.read_text("utf-8")),
    }
    return _packed(page, request, media_type="text/html", headers=headers)


def _packed(path: Path, request: Request, *, media_type: str, headers: dict[str, str]) -> Response:
    """The file, packed as the browser takes it where it was built so."""
    taken = {
        each.partition(";")[0].strip()
        for each in request.headers.get("Accept-Encoding", "").split(",")
    }
    for encoding, suffix in _ENCODINGS.items():
        packed = path.with_name(path.name + suffix)
        if encoding in taken and packed.is_file():
            headers["Content-Encoding"] = encoding
            path = packed
            break
    return FileResponse(path, media_type=media_type, headers=headers)


def _not_built() -> HTMLResponse:
    how = (
        "<p>This server runs from sources whose dashboard was not built. With Node 20.19 or newer: "
        f"{html.code('make web')}. An installed wheel contains it.</p>"
    )
    without = f"<p>The API works without: {html.link('/docs', 'its documentation')}.</p>"
    title = "The dashboard is not built"
    answer = html.page(title, (f"<h1>{title}</h1>", how, without))
    answer.status_code = 503
    return answer
