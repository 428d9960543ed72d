"""`/metrics`, for Prometheus."""

from fastapi import APIRouter, Response

from ldfleet.api import problems
from ldfleet.api.dependencies import TheServices
from ldfleet.services.metrics import CONTENT_TYPE

router = APIRouter(tags=["server"])

_TEXT = {"schema": {"type": "string"}}


@router.get(
    "/metrics",
    summary="What the server is measured by (Prometheus' text)",
    description="For a token with the scope `metrics`, or an administrator. "
    "docs/reference/metrics.md lists them.",
    response_class=Response,
    responses={200: {"content": {"text/plain": _TEXT}}, **problems.of()},
)
async def get_metrics(services: TheServices) -> Response:
    return Response(await services.metrics.text(), media_type=CONTENT_TYPE)
