"""Runs synchronous library code that waits for asyncio, without a thread.

The code runs in a greenlet; where it would block, it hands an awaitable to the coroutine that
started it and is switched back with the result. SQLAlchemy's asyncio works the same way.
"""

from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar, cast

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped] # it ships none

P = ParamSpec("P")
T = TypeVar("T")


async def call(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `function`, which may `wait`. A cancellation is raised inside it, where it waits."""
    inside = greenlet(function)
    inside.gr_context = getcurrent().gr_context
    given: Any = inside.switch(*args, **kwargs)
    while not inside.dead:
        try:
            result: Any = await given
        except BaseException as error:  # noqa: BLE001 - it belongs to the code that waits
            given = inside.throw(error)
        else:
            given = inside.switch(result)
    return cast("T", given)


def wait(awaitable: Awaitable[T]) -> T:
    """Wait, from inside `call`."""
    parent = getcurrent().parent
    if parent is None:
        raise RuntimeError("there is no coroutine around this that could wait")
    return cast("T", parent.switch(awaitable))
