"""A server that stands still for its own garbage answers nobody meanwhile."""

import gc

from ldfleet.bootstrap.memory import keep_what_is_there


def test_what_the_start_made_is_walked_by_no_collection() -> None:
    there: list[object] = []
    try:
        keep_what_is_there()

        assert not any(each is there for each in gc.get_objects())
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
