"""The README's Python and the commands of /docs are run, word for word."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.demo import Demo
from support.programs import clean_environment

README = Path(__file__).parents[2] / "README.md"
PROGRAMS = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_the_python_of_the_readme_works(demo: Demo, number: int) -> None:
    # The second one quits what the first one launched; without it, what is launched here.
    target = demo.emulators("--status", "stopped")[0]["id"]
    assert demo.cli("emulators", "launch", target).returncode == 0

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAMS[number]],
        env=clean_environment() | demo.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout.endswith(" succeeded\n")


def test_a_newcomer_gets_to_the_end_by_the_commands_of_the_docs(demo: Demo) -> None:
    """Each command as it stands, only that the dots are replaced by what came before."""
    given = json.loads(demo.ready_file.read_text())
    # The demo has a pc-01 of its own, and nobody is to be disturbed at 10.0.0.5.
    found = {
        "her password": given["password"],
        "anna": given["name"],
        '"pc-01"': '"pc-99"',
        "10.0.0.5": "127.0.0.1",
        "4f:0a:…": "4f" * 32,
    }
    page = httpx.get(f"{demo.url}/docs").text.partition("All requests")[0]
    texts = [html.unescape(each) for each in re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)]
    commands = [each for text in texts for each in re.split(r"\n(?=curl|export)", text)]
    answers: list[dict[str, Any]] = []

    for command in commands:
        if command.startswith("export"):
            continue
        filled = command
        for blank, value in found.items():
            filled = filled.replace(blank, value)
        environment = {"LDFLEET_URL": given["url"], "LDFLEET_TOKEN": found.get("token", "")}
        done = subprocess.run(
            ["sh", "-c", filled],
            env=clean_environment() | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        answers.append(json.loads(done.stdout))
        found |= _learned(answers[-1])

    assert [answer for answer in answers if "code" in answer] == []
    assert answers[-2]["status"] == "succeeded"
    assert len(answers) == 7


def _learned(answer: dict[str, Any]) -> dict[str, str]:
    """What the next command needs of an answer: the token, or the id of what it is about."""
    learned = {"token": str(answer["access_token"])} if "access_token" in answer else {}
    listed: list[dict[str, Any]] = answer.get("items") or []
    for one in (*reversed(listed), answer):
        prefix = str(one.get("id", "")).partition("_")[0]
        if prefix:
            learned[f"{prefix}_…"] = str(one["id"])
    return learned
