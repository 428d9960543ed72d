"""Short work that a cancellation must not tear: clean-up, and statements that hold a lock."""

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
