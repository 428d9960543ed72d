"""What can be asked about batches."""

from ldfleet.client.calls import Call, body_of, keyed, params_of, path
from ldfleet.wire.batches import BatchFilter, BatchIn, BatchOut, PlanOut
from ldfleet.wire.operations import OperationFilter, OperationOut, RetryIn
from ldfleet.wire.shapes import Page

PATIENCE = 30.0  # seconds beyond the usual: thousands of targets are looked at


def submit(wanted: BatchIn, *, key: str | None = None) -> Call[BatchOut]:
    """Many operations at once."""
    return Call(
        method="POST",
        path=path("batches"),
        body=body_of(wanted.model_copy(update={"dry_run": False})),
        headers=keyed(key),
        acts=True,
        patience=PATIENCE,
        read=BatchOut.model_validate_json,
    )


def plan(wanted: BatchIn) -> Call[PlanOut]:
    """What `submit` would do now."""
    return Call(
        method="POST",
        path=path("batches"),
        body=body_of(wanted.model_copy(update={"dry_run": True})),
        patience=PATIENCE,
        read=PlanOut.model_validate_json,
    )


def page(which: BatchFilter | None = None) -> Call[Page[BatchOut]]:
    """Batches, newest first."""
    return Call(
        path=path("batches"),
        params=params_of(which or BatchFilter()),
        read=Page[BatchOut].model_validate_json,
    )


def get(batch_id: str) -> Call[BatchOut]:
    """One batch."""
    return Call(path=path("batches", batch_id), read=BatchOut.model_validate_json)


def operations(batch_id: str, which: OperationFilter | None = None) -> Call[Page[OperationOut]]:
    """Its operations, newest first."""
    return Call(
        path=path("batches", batch_id, "operations"),
        params=params_of(which or OperationFilter()),
        read=Page[OperationOut].model_validate_json,
    )


def pause(batch_id: str) -> Call[BatchOut]:
    """Start nothing more of it for now."""
    return _move(batch_id, "pause")


def resume(batch_id: str) -> Call[BatchOut]:
    """Go on with it."""
    return _move(batch_id, "continue")


def cancel(batch_id: str) -> Call[BatchOut]:
    """Cancel what has not started."""
    return _move(batch_id, "cancel")


def retry(batch_id: str, how: RetryIn | None = None, *, key: str | None = None) -> Call[BatchOut]:
    """A new batch of what failed or was skipped."""
    return Call(
        method="POST",
        path=path("batches", batch_id, "retry"),
        body=body_of(how or RetryIn()),
        headers=keyed(key),
        acts=True,
        patience=PATIENCE,
        read=BatchOut.model_validate_json,
    )


def _move(batch_id: str, verb: str) -> Call[BatchOut]:
    return Call(
        method="POST", path=path("batches", batch_id, verb), read=BatchOut.model_validate_json
    )
