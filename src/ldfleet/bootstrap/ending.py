"""Ending in order, and in time."""

import faulthandler
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager

_ASKS = (signal.SIGINT, signal.SIGTERM)

CLOSING = 7.0
"""Seconds to close what is open once the operations have ended."""


@contextmanager
def ending_on(asked: Callable[[], None], *, within: float) -> Generator[None]:
    """While the body runs, SIGINT and SIGTERM call `asked`; after it another one kills.

    From the first of them on the process has `within` seconds. What hangs then is cut off: every
    thread's stack is written to standard error, and the exit code is 1. A handler of the event
    loop would not be called where the loop itself hangs.
    """
    ends = False

    def told(_number: int, _frame: object) -> None:
        nonlocal ends
        if not ends:
            ends = True
            faulthandler.dump_traceback_later(within, exit=True)
        asked()

    for number in _ASKS:
        signal.signal(number, told)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
