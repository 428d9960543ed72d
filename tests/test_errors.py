"""The error model: style.md 5."""

import pickle
from typing import Any

import pytest

from ldfleet import errors

SAMPLES: dict[str, Any] = {"str": "x", "int": 7, "float": 1.5}


def a_failure(kind: type[errors.FleetError]) -> errors.FleetError:
    """One of the class, every field filled by its type."""
    names: dict[str, Any] = {}
    for parent in kind.__mro__:
        names |= getattr(parent, "__annotations__", {})
    declared = {n: t for n, t in names.items() if n not in errors.FleetError.__annotations__}
    values: dict[str, Any] = {n: SAMPLES.get(_name(t), []) for n, t in declared.items()}
    return errors.FleetError.load({"code": kind.code, **values})


def _name(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "list")


every = pytest.mark.parametrize("code", sorted(errors.catalogue()))


@every
def test_an_error_survives_storage(code: str) -> None:
    failure = a_failure(errors.catalogue()[code])

    loaded = errors.FleetError.load(failure.dump())

    assert type(loaded) is errors.catalogue()[code]
    assert loaded.dump() == failure.dump()
    assert str(loaded) == str(failure)


@every
def test_an_error_survives_pickling(code: str) -> None:
    failure = a_failure(errors.catalogue()[code])

    loaded = pickle.loads(pickle.dumps(failure))

    assert loaded.dump() == failure.dump()


@every
def test_an_error_speaks_in_a_sentence(code: str) -> None:
    failure = a_failure(errors.catalogue()[code])

    assert str(failure).endswith(".")
    assert "{" not in str(failure)
    assert failure.title


def test_a_code_of_a_newer_version_is_still_a_failure() -> None:
    loaded = errors.FleetError.load({"code": "moon_fell", "moon": "ours"})

    assert isinstance(loaded, errors.UnknownFailure)
    assert loaded.original == "moon_fell"


def test_fields_that_do_not_fit_are_a_failure_of_another_version() -> None:
    loaded = errors.FleetError.load({"code": "disk_full", "disc": "C"})

    assert isinstance(loaded, errors.UnknownFailure)


def test_a_message_can_name_only_declared_fields() -> None:
    with pytest.raises(TypeError, match="unknown fields"):

        class Planted(errors.FleetError):  # pyright: ignore[reportUnusedClass]  # its making fails
            """It names {nothing_declared}."""


def test_the_fields_of_a_problem_are_reserved() -> None:
    with pytest.raises(TypeError, match="belong to the problem"):

        class Planted(errors.FleetError):  # pyright: ignore[reportUnusedClass]  # its making fails
            """It has a {status}."""

            status: int


def test_a_certificate_that_is_not_trusted_says_how_to_pin_it() -> None:
    failure = errors.WorkstationUntrusted(workstation="pc-01", fingerprint="ab" * 32)

    assert "ab" * 32 in str(failure)
    assert "--certificate-sha256" in (failure.hint or "")
    assert "first contact" in (failure.hint or "")


def test_every_error_but_groups_has_a_hint() -> None:
    groups = {c.__mro__[1] for c in errors.catalogue().values()}

    without = [c.__name__ for c in errors.catalogue().values() if c not in groups and not c.hint]

    assert without == []
