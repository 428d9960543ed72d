"""No sequence of moves brings an operation where it may not be."""

from datetime import timedelta

from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from hypothesis.strategies import sampled_from

from ldfleet import errors
from ldfleet.domain.operation import MOVES, Operation, OperationStatus
from support.stores import START, an_operation

LEASE = timedelta(seconds=30)
S = OperationStatus
TRIED: set[tuple[OperationStatus, OperationStatus]] = set()


class Life(RuleBasedStateMachine):
    """Tries every move from every state; what is refused must leave the value as it was."""

    def __init__(self) -> None:
        super().__init__()
        self.operation: Operation = an_operation(1)
        self.token = 0

    def become(self, status: OperationStatus, moved: Operation | None) -> None:
        was = self.operation.status
        allowed = status in MOVES.get(was, frozenset())
        assert (moved is not None) == allowed, f"{was} → {status}"
        TRIED.add((was, status))
        if moved is not None:
            assert moved.status is status
            self.operation = moved

    @initialize(moves=sampled_from([(), ("admit",), ("admit", "cancel")]))
    def begin(self, moves: tuple[str, ...]) -> None:
        """Most ways end early: so that some begin where few would come."""
        for move in moves:
            getattr(self, move)()

    @rule()
    def admit(self) -> None:
        try:
            moved = self.operation.admitted(owner="one", now=START, lease=LEASE)
        except (errors.OperationFinished, errors.OperationMoveIllegal):
            moved = None
        self.become(OperationStatus.RUNNING, moved)

    @rule()
    def take_over(self) -> None:
        try:
            self.operation = self.operation.taken_over(owner="two", now=START, lease=LEASE)
        except errors.OperationFinished:
            assert not self.operation.status.active
        else:
            assert self.operation.status.active

    @rule()
    def cancel(self) -> None:
        try:
            moved = self.operation.cancelling()
        except (errors.OperationFinished, errors.OperationMoveIllegal):
            moved = None
        self.become(OperationStatus.CANCELLING, moved)

    @rule()
    def put_back(self) -> None:
        until = START + timedelta(seconds=20)
        try:
            moved = self.operation.put_back(at=START, until=until, reason="the PC was busy")
        except (errors.OperationFinished, errors.OperationMoveIllegal):
            moved = None
        self.become(OperationStatus.QUEUED, moved)

    @rule()
    def expire(self) -> None:
        self._end(OperationStatus.EXPIRED)

    @rule()
    def succeed(self) -> None:
        self._end(OperationStatus.SUCCEEDED)

    @rule()
    def fail(self) -> None:
        self._end(OperationStatus.FAILED)

    @rule()
    def be_cancelled(self) -> None:
        self._end(OperationStatus.CANCELLED)

    @rule()
    def time_out(self) -> None:
        self._end(OperationStatus.TIMED_OUT)

    @rule()
    def be_lost(self) -> None:
        self._end(OperationStatus.LOST)

    def _end(self, status: OperationStatus) -> None:
        try:
            moved: Operation | None = self._ended(status)
        except (errors.OperationFinished, errors.OperationMoveIllegal):
            moved = None
        self.become(status, moved)

    def _ended(self, status: OperationStatus) -> Operation:
        operation = self.operation
        match status:
            case OperationStatus.SUCCEEDED:
                return operation.succeeded(at=START, result={})
            case OperationStatus.FAILED:
                return operation.failed(at=START, failure=errors.InternalError())
            case OperationStatus.CANCELLED:
                return operation.cancelled(at=START)
            case OperationStatus.EXPIRED:
                return operation.expired(at=START)
            case OperationStatus.TIMED_OUT:
                return operation.timed_out(at=START)
            case _:
                return operation.lost(at=START, reason="nobody knows")

    @invariant()
    def the_token_only_grows(self) -> None:
        assert self.operation.token >= self.token
        self.token = self.operation.token

    @invariant()
    def what_is_over_has_an_end_and_holds_nothing(self) -> None:
        assert (self.operation.finished_at is not None) == self.operation.status.over
        if self.operation.status.over:
            assert self.operation.lease_until is None

    @invariant()
    def what_is_active_has_an_owner_and_a_lease(self) -> None:
        if self.operation.status.active:
            assert self.operation.owner is not None
            assert self.operation.lease_until is not None

    @invariant()
    def what_waits_is_held_by_nobody_and_says_why_once_it_was_put_back(self) -> None:
        if self.operation.status is OperationStatus.QUEUED:
            assert (self.operation.owner, self.operation.lease_until) == (None, None)
            assert (self.operation.attempt, self.operation.started_at) == (0, None)
            assert (self.operation.tries > 0) == (self.operation.waiting_for is not None)

    @invariant()
    def what_failed_to_end_well_says_so(self) -> None:
        failed = {S.FAILED, S.TIMED_OUT, S.LOST, S.EXPIRED}
        assert (self.operation.failure is not None) == (self.operation.status in failed)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)


def test_every_move_is_tried_from_every_status_that_it_leads_from() -> None:
    thorough = settings(TestLife.settings, max_examples=300, derandomize=True, database=None)
    run_state_machine_as_test(Life, settings=thorough)

    assert {(was, to) for was, some in MOVES.items() for to in some} <= TRIED
