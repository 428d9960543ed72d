"""What can be asked about operations."""

from ldfleet.client.calls import Call, body_of, keyed, params_of, path
from ldfleet.wire.operations import (
    CleanUpFilter,
    CleanUpOut,
    LogFilter,
    LogOut,
    OperationFilter,
    OperationOut,
    RetryIn,
    StatsOut,
    StepsOut,
)
from ldfleet.wire.shapes import Page


def page(which: OperationFilter | None = None) -> Call[Page[OperationOut]]:
    """Operations, newest first."""
    return Call(
        path=path("operations"),
        params=params_of(which or OperationFilter()),
        read=Page[OperationOut].model_validate_json,
    )


def get(operation_id: str, *, wait: float = 0.0) -> Call[OperationOut]:
    """One operation; the answer may wait up to `wait` seconds (at most 30) for its end."""
    return Call(
        path=path("operations", operation_id),
        params={"wait": f"{wait:g}"} if wait else {},
        patience=wait,
        read=OperationOut.model_validate_json,
    )


def cancel(operation_id: str) -> Call[OperationOut]:
    """Ask it to stop."""
    return Call(
        method="POST",
        path=path("operations", operation_id, "cancel"),
        read=OperationOut.model_validate_json,
    )


def retry(
    operation_id: str, asked: RetryIn | None = None, *, idempotency_key: str | None = None
) -> Call[OperationOut]:
    """Ask anew for what ended without success; gives the new operation."""
    return Call(
        method="POST",
        path=path("operations", operation_id, "retry"),
        body=body_of(asked or RetryIn()),
        headers=keyed(idempotency_key),
        acts=True,
        read=OperationOut.model_validate_json,
    )


def stats() -> Call[StatsOut]:
    """How operations go, by verb."""
    return Call(path=path("operations", "stats"), read=StatsOut.model_validate_json)


def clean_up(which: CleanUpFilter) -> Call[CleanUpOut]:
    """Forget what ended long ago; the answer may take its time."""
    return Call(
        method="DELETE",
        path=path("operations", "cleanup"),
        params=params_of(which),
        patience=120.0,
        read=CleanUpOut.model_validate_json,
    )


def steps(operation_id: str) -> Call[StepsOut]:
    """What it did, rung by rung."""
    return Call(path=path("operations", operation_id, "steps"), read=StepsOut.model_validate_json)


def log(operation_id: str, which: LogFilter | None = None) -> Call[LogOut]:
    """A piece of its log."""
    return Call(
        path=path("operations", operation_id, "log"),
        params=params_of(which or LogFilter()),
        read=LogOut.model_validate_json,
    )
