"""The dashboard and the alert rules name metrics and labels that there are."""

import json
import re
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # as in tests/e2e/test_deployment.py

from ldfleet import errors
from ldfleet.bootstrap.clock import SystemClock
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.words import WORDS
from ldfleet.ports import UnitOfWork
from ldfleet.services.metrics import STAGES, Metrics
from ldfleet.services.shelf import Described
from ldfleet.workflows.ladder import LADDER

FOLDER = Path(__file__).parents[1] / "docs/monitoring"
DASHBOARD = json.loads((FOLDER / "grafana-dashboard.json").read_text())
ALERTS = yaml.safe_load((FOLDER / "alerts.yaml").read_text())
RULES = ALERTS["groups"][0]["rules"]
EXPRESSIONS = [
    *(target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]),
    *(rule["expr"] for rule in RULES),
]
ELSEWHERE = {"le", "job"}


def nowhere() -> UnitOfWork:
    raise errors.DatabaseBusy


METRICS = Metrics(storage=nowhere, clock=SystemClock(), pool=lambda: (0, 0))
KNOWN = {one.name: one for one in METRICS.shelf.described}


def meant(name: str) -> Described | None:
    base = re.sub(r"_(bucket|sum|count)$", "", name)
    histogram = KNOWN.get(base)
    if base != name and histogram is not None and histogram.type == "histogram":
        return histogram
    found = KNOWN.get(name)
    return None if found is None or found.type == "histogram" else found


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_asked_for_is_there(expression: str) -> None:
    named = [meant(name) for name in re.findall(r"\bldfleet_\w+", expression)]
    labels = {label for one in named if one is not None for label in one.labels}
    grouped = re.findall(r"\bby \(([^)]*)\)", expression)
    used = {
        *re.findall(r"[{,]\s*(\w+)\s*(?:=|!=|=~|!~)", expression),
        *(label.strip() for group in grouped for label in group.split(",")),
    }

    assert named or "up{" in expression
    assert None not in named
    assert used - ELSEWHERE <= labels


async def test_every_value_of_a_label_that_is_asked_for_is_exported() -> None:
    page = (await METRICS.text()).decode()
    for name, label, values in re.findall(
        r"\b(ldfleet_\w+)\{(\w+)[=!]~?\"([^\"]+)\"", " ".join(EXPRESSIONS)
    ):
        for value in () if name.startswith("ldfleet_workstation_") else values.split("|"):
            pattern = rf"^{name}\{{[^}}]*{label}=\"{value}\""
            assert re.search(pattern, page, re.MULTILINE), (name, label, value)


def test_every_alert_says_what_to_do() -> None:
    assert all({"summary", "remedy"} <= rule["annotations"].keys() for rule in RULES)
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


def test_every_stage_of_a_boot_is_a_rung() -> None:
    assert tuple(step.name for step in LADDER) == STAGES


def test_every_word_of_ldconsole_is_known_to_the_metrics() -> None:
    source = Path(commands.__file__).read_text()
    body = source.partition("# Looking")[2]
    words = set(re.findall(r"(?:args=|args = |_act|_app)\(\s*\"(\w+)\"", body))

    assert len(words) > 25
    assert words <= set(WORDS)
