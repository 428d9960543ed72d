"""Clean-up that a second cancellation can't tear."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def unbroken(work: Coroutine[Any, Any, T]) -> T:
    """Wait for `work` to its end even when cancelled meanwhile; then be cancelled.

    `work` bounds itself.
    """
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        task.exception()  # looked at, so that asyncio does not complain
        raise asyncio.CancelledError
    return task.result()
