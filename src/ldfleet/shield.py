"""What a cancellation must not tear, and what it means."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def unbroken(work: Coroutine[Any, Any, T]) -> T:
    """Wait for `work` to its end even when cancelled meanwhile; then be cancelled.

    `work` bounds itself.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = cancelled or error
    if cancelled is not None:
        task.exception()  # looked at, so that asyncio does not complain
        raise cancelled
    return task.result()


_FOR_GOOD = ({"cancelled"}, {"timed_out"})


def is_for_good(stop: asyncio.CancelledError) -> bool:
    """Whether nobody goes on with what is cancelled: its message says so (engine/runner.py, Stop).

    A run that lost its lease, or whose process ends, is continued by another.
    """
    return set(map(str, stop.args)) in _FOR_GOOD
