"""The sessions of one workstation: few, used last in first out, and opened one by one."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress

from ldfleet import errors
from ldfleet.domain.process import ProcessResult
from ldfleet.domain.workstation import Credentials
from ldfleet.ports import Clock
from ldfleet.transports.facts import Answers, Question
from ldfleet.transports.order import Order
from ldfleet.transports.place import Place
from ldfleet.transports.winrm.link import Link
from ldfleet.transports.winrm.login import Login
from ldfleet.transports.winrm.session import Session, ShellUnusable
from ldfleet.transports.winrm.trust import Trust
from ldfleet.transports.winrm.tuning import Tuning


class Common:
    """What the pools of one connector share."""

    def __init__(self, *, server_id: str, clock: Clock, tuning: Tuning) -> None:
        self.shell_name = f"ldfleet-{server_id}"
        self.clock = clock
        self.tuning = tuning
        self.trust = Trust()
        self.gate = asyncio.Semaphore(tuning.in_flight)
        self.live_shells: set[str] = set()
        """Ids of the shells in use here; all others of our name are strays."""

    def session(
        self, place: Place, credentials: Credentials, login: Login, *, suffix: str = ""
    ) -> Session:
        """A session that has not touched the network yet."""
        link = Link(place, credentials, login=login, trust=self.trust, tuning=self.tuning)
        return Session(
            link,
            place,
            shell_name=f"{self.shell_name}{suffix}",
            live_shells=self.live_shells,
            tuning=self.tuning,
        )


class Pool:
    """For one address with one set of credentials."""

    def __init__(
        self, place: Place, credentials: Credentials, *, login: Login, common: Common
    ) -> None:
        self._place = place
        self._credentials = credentials
        self._login = login
        self._common = common
        self._slots = asyncio.Semaphore(common.tuning.shells)
        self._opening = asyncio.Lock()
        self._idle: list[Session] = []
        self._timers: dict[Session, asyncio.TimerHandle] = {}
        self._swept = False
        self._retired = False

    async def run(self, order: Order) -> ProcessResult:
        """Run it in a remote shell; tried again in a new shell where it was not started."""
        async with self._session() as session:
            try:
                return await self._run(session, order)
            except ShellUnusable:
                await self._drop_shell(session)
            try:
                return await self._run(session, order)
            except ShellUnusable as error:
                raise errors.WorkstationBusy(
                    workstation=self._place.workstation, reason=f"a new shell failed too: {error}"
                ) from error

    async def ask_wmi(self, questions: Sequence[Question]) -> Answers:
        """One Enumerate for each, over one connection and without a shell."""
        async with self._session() as session:
            return {each: await session.query(each.of, each.where) for each in questions}

    @asynccontextmanager
    async def _session(self) -> AsyncGenerator[Session]:
        """A session that is logged in, for one operation."""
        async with self._slots, self._common.gate:
            session = self._take()
            try:
                await session.link.ready()
                yield session
            finally:
                self._put(session)

    def retire(self) -> None:
        """Close the idle connections; those in use close after it. Nothing new is opened."""
        self._retired = True
        for session in self._idle:
            self._stop_timer(session)
            self._let_go(session)
        self._idle.clear()

    async def close(self) -> None:
        """Delete the idle shells, and close."""
        self._retired = True
        sessions, self._idle = self._idle, []
        for session in sessions:
            self._stop_timer(session)
            # What can't be deleted ends by itself when it has been idle for long enough.
            with suppress(errors.FleetError, TimeoutError):
                async with asyncio.timeout(self._common.tuning.closing):
                    await session.delete_shell()
            self._let_go(session)

    def _take(self) -> Session:
        if self._retired:
            raise errors.ShuttingDown
        if not self._idle:
            return self._common.session(self._place, self._credentials, self._login)
        session = self._idle.pop()
        self._stop_timer(session)
        return session

    def _put(self, session: Session) -> None:
        if self._retired:
            self._let_go(session)
            return
        self._idle.append(session)
        self._timers[session] = asyncio.get_running_loop().call_later(
            self._common.tuning.idle_connection, session.link.drop
        )

    def _stop_timer(self, session: Session) -> None:
        timer = self._timers.pop(session, None)
        if timer is not None:
            timer.cancel()

    def _let_go(self, session: Session) -> None:
        session.forget_shell()
        session.link.drop()

    async def _run(self, session: Session, order: Order) -> ProcessResult:
        await self._have_shell(session)
        try:
            return await session.run(order)
        except errors.OutcomeUnknown:
            self._swept = False  # a shell that could not be deleted may have been left behind
            raise

    async def _have_shell(self, session: Session) -> None:
        if session.shell_id is not None:
            return
        # One by one, so that a new shell is not taken for a stray before its id is known.
        async with self._opening:
            await self._sweep(session)
            await self._open(session)

    async def _open(self, session: Session) -> None:
        for delay in self._common.tuning.busy_delays:
            try:
                return await session.open_shell()
            except errors.WorkstationBusy:
                await self._common.clock.sleep(delay)
        return await session.open_shell()

    async def _sweep(self, session: Session) -> None:
        if self._swept:
            return
        # An account without the right to look may still have the right to run.
        with suppress(errors.WorkstationDeniedAccess, errors.WorkstationSaidNonsense):
            await session.delete_strays()
        self._swept = True

    async def _drop_shell(self, session: Session) -> None:
        try:
            await session.delete_shell()
        except errors.FleetError:
            session.link.drop()
