"""The screens of a workstation's emulators, side by side in one picture."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from itertools import chain

from ldfleet.domain.ids import EmulatorId

TILE_WIDTH, TILE_HEIGHT = 192, 108
COLUMNS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """What is known of one emulator's screen."""

    pixels: bytes | None = field(default=None, repr=False)
    """TILE_WIDTH by TILE_HEIGHT of RGB; None: it was not seen yet."""
    taken_at: datetime | None = None
    same_since: datetime | None = None
    """Since when it has looked exactly so: a screen that never changes may be frozen."""
    failure: str | None = None
    """The problem's code where the last try to see it failed; the pixels are older then."""

    def renewed(self, pixels: bytes, at: datetime) -> "Tile":
        """With what it shows now."""
        same = pixels == self.pixels
        return Tile(pixels=pixels, taken_at=at, same_since=self.same_since if same else at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """The tiles of a workstation's emulators in the order of their places in the picture."""

    tiles: Sequence[tuple[EmulatorId, Tile]]
    renewing: bool = False
    """Some of them are being asked for."""

    @property
    def columns(self) -> int:
        """How many are in a row of the picture; it is filled row by row."""
        return max(1, min(COLUMNS, len(self.tiles)))

    @property
    def version(self) -> str:
        """Another one where the picture is another."""
        said = chain.from_iterable((each, tile.taken_at) for each, tile in self.tiles)
        return blake2b(repr(tuple(said)).encode(), digest_size=8).hexdigest()
