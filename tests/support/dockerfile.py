"""A Dockerfile without an engine: read, and its commands run in a folder instead of an image."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One instruction, its continued lines joined."""

    word: str
    rest: str

    @property
    def argv(self) -> Sequence[str]:
        """The words of an instruction in its JSON form."""
        words: list[str] = json.loads(self.rest[self.rest.index("[") :])
        return words


Stage = Sequence[Instruction]


def stages_of(path: Path) -> Sequence[Stage]:
    """The stages, each beginning with its FROM."""
    stages: list[list[Instruction]] = []
    for instruction in _instructions(path.read_text()):
        if instruction.word == "FROM":
            stages.append([])
        stages[-1].append(instruction)
    return stages


def one(stage: Stage, word: str) -> Instruction:
    """The last instruction with this word, which is the one that counts."""
    return [each for each in stage if each.word == word][-1]


def environment_of(stage: Stage) -> Mapping[str, str]:
    """What its ENV instructions set."""
    return dict(each.rest.split("=", 1) for each in stage if each.word == "ENV")


def build(stage: Stage, *, context: Path, root: Path, places: Sequence[str]) -> None:
    """Do what a stage does, with the absolute `places` that it names moved below `root`."""
    moved = re.compile(rf"(?<![\w/])({'|'.join(places)})\b")

    def here(text: str) -> str:
        return moved.sub(lambda found: f"{root}{found[1]}", text)

    folder = root
    for each in stage:
        if each.word == "WORKDIR":
            folder = Path(here(each.rest))
            folder.mkdir(parents=True)
        elif each.word == "COPY":
            *sources, target = each.rest.split()
            _copy([context / source for source in sources], folder / target)
        elif each.word == "RUN":
            subprocess.run(["sh", "-euc", here(each.rest)], cwd=folder, check=True)


def _instructions(text: str) -> Iterator[Instruction]:
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    joined = "\n".join(lines).replace("\\\n", " ")
    for line in joined.splitlines():
        word, _, rest = line.partition(" ")
        yield Instruction(word=word, rest=" ".join(rest.split()) if word != "RUN" else rest.strip())


def _copy(sources: Sequence[Path], target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for source in sources:
        if source.is_dir():
            rubbish = shutil.ignore_patterns("__pycache__", "node_modules")
            shutil.copytree(source, target, dirs_exist_ok=True, ignore=rubbish)
        else:
            shutil.copy(source, target)
