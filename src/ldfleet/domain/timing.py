"""When something recurs: cron in a time zone, minus blackout windows, plus a little chance.

Daylight saving is cronsim's, which is Debian cron's: a fixed time that the clock jumps over
comes right after the jump, one that the clock shows twice comes once; what recurs every so
many minutes or hours follows real time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from ldfleet import errors

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CRON_FIELDS = 5
_CRON_LENGTH = 200
_JUMPS = 500  # over blackout windows in a row before there is no next time
_LOOKED_AT = 50  # times whose distances bound the jitter
_JITTER_SHARE = 2  # so that one time, moved, never comes near the one after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Blackout:
    """A part of the day in the schedule's zone when nothing is started.

    `days` are those on which it begins; none: all. One that ends before it begins goes over
    midnight; one that ends when it begins lasts a day.
    """

    start: time
    end: time
    days: tuple[str, ...] = ()

    def end_of(self, local: datetime) -> datetime | None:
        """When the window that `local` lies in is over; None: it lies in none."""
        for back in (0, 1):
            day = local.date() - timedelta(days=back)
            if self.days and WEEKDAYS[day.weekday()] not in self.days:
                continue
            begins = datetime.combine(day, self.start, tzinfo=local.tzinfo)
            last = day if self.end > self.start else day + timedelta(days=1)
            ends = datetime.combine(last, self.end, tzinfo=local.tzinfo)
            # Compared on the wall's clock: a window of 22:00 to 06:00 means what it says.
            if begins <= local < ends:
                return ends
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The times of a schedule."""

    cron: str
    zone: str = "UTC"
    jitter: float = 0.0
    """Seconds by which a run may come later, by chance."""
    blackouts: tuple[Blackout, ...] = ()

    def check(self, now: datetime) -> None:
        """Raises FieldInvalid, with the remedy."""
        if len(self.cron) > _CRON_LENGTH or len(self.cron.split()) != _CRON_FIELDS:
            raise errors.FieldInvalid(
                field="cron",
                reason="it must have 5 fields: minute, hour, day, month, weekday; "
                "write every day at 3:30 as 30 3 * * *",
            )
        _zone(self.zone)
        for number, blackout in enumerate(self.blackouts):
            if unknown := set(blackout.days) - set(WEEKDAYS):
                reason = f"{', '.join(sorted(unknown))} is no day; use {', '.join(WEEKDAYS)}"
                raise errors.FieldInvalid(field=f"blackouts.{number}.days", reason=reason)
        times = list(islice(self.after(now), _LOOKED_AT))
        if not times:
            reason = "there is no such time outside of the blackout windows; change one of the two"
            raise errors.FieldInvalid(field="cron", reason=reason)
        gap = min((b - a for a, b in pairwise(times)), default=timedelta.max)
        if self.jitter < 0 or timedelta(seconds=self.jitter) * _JITTER_SHARE > gap:
            reason = f"it must be at most half the shortest time between runs ({gap})"
            raise errors.FieldInvalid(field="jitter_s", reason=reason)

    def after(self, now: datetime) -> Iterator[datetime]:
        """The times after `now`, in UTC, without chance; those in a blackout are left out."""
        zone = _zone(self.zone)
        at, jumps = now.astimezone(zone), 0
        times = self._times(at)
        while jumps < _JUMPS:
            local = next(times, None)
            if local is None:
                return
            ends = self._blackout_end(local)
            if ends is None:
                yield local.astimezone(UTC)
            else:
                jumps += 1
                # The end itself is outside of the window, and cron answers what comes later.
                times = self._times(ends - timedelta(seconds=1))

    def next(self, now: datetime, *, chance: float) -> datetime | None:
        """When it comes after `now`; `chance`, 0 to 1, says how much of the jitter is taken."""
        at = next(self.after(now), None)
        if at is None:
            return None
        moved = at + timedelta(seconds=self.jitter * chance)
        return at if self.dark(moved) else moved

    def dark(self, at: datetime) -> bool:
        """Whether a blackout forbids a start then."""
        return self._blackout_end(at.astimezone(_zone(self.zone))) is not None

    def _blackout_end(self, local: datetime) -> datetime | None:
        ends = [end for each in self.blackouts if (end := each.end_of(local)) is not None]
        return max(ends, default=None)

    def _times(self, local: datetime) -> Iterator[datetime]:
        try:
            return CronSim(self.cron, local)
        except CronSimError as error:
            raise errors.FieldInvalid(
                field="cron", reason=f"it can't be read ({error}); see man 5 crontab"
            ) from error


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise errors.FieldInvalid(
            field="zone", reason="there is no such IANA time zone; write it as Europe/Berlin"
        ) from error
