"""The README's Python is run, word for word."""

import re
import subprocess
import sys
from pathlib import Path

from support.demo import Demo
from support.programs import clean_environment

README = Path(__file__).parents[2] / "README.md"


def test_the_python_of_the_readme_works(demo: Demo) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=clean_environment() | demo.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout.endswith(" succeeded\n")
