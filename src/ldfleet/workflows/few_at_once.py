"""Doing the same with many things on one workstation, which gives few shells."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from ldfleet import errors

A = TypeVar("A")
B = TypeVar("B")
AT_ONCE = 3  # of its shells (architecture.md 5)


async def few_at_once(things: Sequence[A], act: Callable[[A], Awaitable[B]]) -> Sequence[B]:
    """The results in the order of the things; the first FleetError ends it and is raised."""
    results: dict[int, B] = {}
    failures: list[errors.FleetError] = []
    left = iter(enumerate(things))

    async def work() -> None:
        for number, thing in left:
            try:
                results[number] = await act(thing)
            except errors.FleetError as error:
                failures.append(error)
            if failures:
                return

    async with asyncio.TaskGroup() as group:
        for _ in range(min(AT_ONCE, len(things))):
            group.create_task(work())
    if failures:
        raise failures[0]
    return [results[number] for number in range(len(things))]
