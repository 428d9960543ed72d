"""What a process that runs for months does about its memory."""

import gc


def keep_what_is_there() -> None:
    """What the start made stays for good: no collection walks it again.

    A full one that does stands still for 100 ms and more, and so does every answer (bench/api.py).
    """
    gc.collect()
    gc.freeze()
