"""The pages of docs: made from the code where they can be, and leading somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ldfleet.domain import listing, nouns
from ldfleet.domain.listing import Noun

ROOT = Path(__file__).parents[1]
FILTERS = (ROOT / "docs/reference/filters.md").read_text()
NOUNS = [
    noun for room in (listing, nouns) for noun in vars(room).values() if isinstance(noun, Noun)
]
PAGES = sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md"])


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_reference_is_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.reference", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)
def test_the_fields_of_every_list_are_named(noun: Noun) -> None:
    [row] = re.findall(rf"^\| {noun.name} \| (.+) \|$", FILTERS, re.MULTILINE)

    assert re.sub(r" \([^)]*\)", "", row) == noun.filtered_by


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_docs_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", page.read_text())

    for place, anchor in links:
        target = page if not place else (page.parent / place).resolve()
        assert target.exists(), place
        assert not anchor or anchor in anchors(target), anchor
