"""Listening, and what stands in its way."""

import pytest

from ldfleet import errors
from ldfleet.bootstrap import serving


def test_a_port_that_is_taken_is_named() -> None:
    with serving.listen("127.0.0.1", 0) as taken:
        port = int(taken.getsockname()[1])

        with pytest.raises(errors.PortInUse, match=str(port)):
            serving.listen("127.0.0.1", port)


def test_a_name_that_is_not_known_is_named() -> None:
    with pytest.raises(errors.NameNotResolved, match=r"no-such-host\.invalid"):
        serving.listen("no-such-host.invalid", 0)


def test_an_address_of_another_machine_is_refused_by_its_setting() -> None:
    with pytest.raises(errors.SettingInvalid, match="LDFLEET_HOST"):
        serving.listen("192.0.2.1", 0)


def test_the_url_is_one_that_works_from_here() -> None:
    with serving.listen("0.0.0.0", 0) as listener:  # noqa: S104 - what is tested
        port = int(listener.getsockname()[1])

        assert serving.url_of(listener) == f"http://127.0.0.1:{port}"
