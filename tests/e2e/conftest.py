"""One demo for the tests of a module."""

from collections.abc import Iterator

import pytest

from support.demo import Demo
from support.programs import Program


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    ready_file = folder / "ready.json"
    arguments = ["demo", "--workstations", "3", "--emulators", "4", "--port", "0"]
    arguments += ["--time-scale", "20", "--ready-file", str(ready_file)]
    with Program(arguments, folder=folder, environment={"HOME": str(folder)}) as program:
        yield Demo(program.wait_for_file(ready_file), ready_file)
