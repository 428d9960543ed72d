"""The operations: followed, waited for, cancelled."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.audit import done
from ldfleet.domain.operation import LogLine, Operation, OperationStatus, Step
from ldfleet.domain.telling import of_operation
from ldfleet.ports import Admission, Clock, Dispatcher, Feed, OperationQuery, Page, Storage
from ldfleet.services import scoping

_TRIES = 5  # a cancellation loses against admission at most once; more is a sign of a mistake


class Operations:
    """What was asked, and what became of it."""

    def __init__(
        self,
        *,
        storage: Storage,
        feed: Feed,
        admission: Admission,
        dispatcher: Dispatcher,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._feed = feed
        self._admission = admission
        self._dispatcher = dispatcher
        self._clock = clock

    async def list(
        self,
        actor: Actor,
        query: OperationQuery,
        *,
        cursor: str | None = None,
        limit: int = 50,
        count: bool = False,
    ) -> Page[Operation]:
        seen = replace(query, scope=actor.scope)
        async with self._storage() as work:
            return await work.operations.list(seen, cursor=cursor, limit=limit, count=count)

    async def get(self, actor: Actor, operation_id: str) -> Operation:
        async with self._storage() as work:
            return await scoping.operation_of(work, actor, operation_id)

    async def wait(self, actor: Actor, operation_id: str, *, timeout: float) -> Operation:  # noqa: ASYNC109 - what the caller waits, not a deadline of the work
        """The operation once it is over, or as it is after `timeout` seconds."""
        after = await self._feed.head()
        operation = await self.get(actor, operation_id)
        if operation.status.over:
            return operation
        try:
            async with asyncio.timeout(timeout):
                return await self._once_over(actor, operation, after)
        except TimeoutError:
            return await self.get(actor, operation_id)

    async def _once_over(self, actor: Actor, waited: Operation, after: str) -> Operation:
        # What moves all operations of a batch at once is told as one event of the batch.
        subjects = {waited.id, waited.batch_id}
        async with aclosing(self._feed.follow(after)) as stream:
            async for batch in stream:
                if batch and all(event.subject not in subjects for _, event in batch):
                    continue
                operation = await self.get(actor, waited.id)
                if operation.status.over:
                    return operation
        raise errors.ShuttingDown

    async def cancel(self, actor: Actor, operation_id: str) -> Operation:
        """A queued one ends at once; a running one once its clean-up has ended.

        Raises OperationFinished where nothing is left to cancel.
        """
        operation = await self._cancelled(actor, operation_id)
        self._admission.wake()
        if operation.status is OperationStatus.CANCELLING:
            await self._dispatcher.abort(operation.id)
        return operation

    async def _cancelled(self, actor: Actor, operation_id: str) -> Operation:
        for _ in range(_TRIES):
            try:
                return await self._try_to_cancel(actor, operation_id)
            except errors.RecordChanged:
                continue  # it was admitted or ended meanwhile: look again
        raise errors.DatabaseBusy

    async def _try_to_cancel(self, actor: Actor, operation_id: str) -> Operation:
        async with self._storage() as work:
            operation = await scoping.operation_of(work, actor, operation_id)
            if operation.status is OperationStatus.CANCELLING:
                return operation
            now = self._clock.now()
            queued = operation.status is OperationStatus.QUEUED
            asked = operation.cancelled(at=now) if queued else operation.cancelling()
            await work.operations.put(asked)
            work.tell(of_operation(asked, at=now))
            entry = done(
                actor,
                "operation.cancel",
                at=now,
                subject=asked.id,
                subject_name=asked.verb,
                before={"status": operation.status.value},
                after={"status": asked.status.value},
            )
            work.audit.record(entry)
            return asked

    async def steps(self, actor: Actor, operation_id: str) -> Sequence[Step]:
        async with self._storage() as work:
            operation = await scoping.operation_of(work, actor, operation_id)
            return await work.operations.steps(operation.id)

    async def log_of(
        self, actor: Actor, operation_id: str, *, after: int = 0, limit: int = 500
    ) -> Sequence[tuple[int, LogLine]]:
        """Its log lines with their numbers, from the first after `after`."""
        async with self._storage() as work:
            operation = await scoping.operation_of(work, actor, operation_id)
            return await work.operations.log_of(operation.id, after=after, limit=limit)
