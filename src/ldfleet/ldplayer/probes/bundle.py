"""What a visit asked and heard, in one document that can be sent to ldfleet's makers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ldfleet.domain.checkup import Finding
from ldfleet.ldplayer.probes.console import written_name
from ldfleet.ldplayer.probes.files import shape_of
from ldfleet.ldplayer.probes.probe import Ask, Heard, Run, Scene
from ldfleet.ldplayer.probes.windows import GROUPS, WHOAMI
from ldfleet.ldplayer.redaction import Name, Redactor

FORMAT = "ldfleet-doctor 1"
_GROUP_NAME = re.compile(rb'(?m)^"[^"]*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a probe heard of one LDPlayer, or of the PC."""

    probe: str
    scene: Scene
    heard: Sequence[Heard]


def bundle_of(
    about: Mapping[str, Any],
    findings: Sequence[Finding],
    answers: Sequence[Answered],
    *,
    names: Sequence[Name],
) -> Mapping[str, Any]:
    """All of it redacted; `names` are words that are known to tell of somebody, and as what."""
    redactor = Redactor([*names, *_heard_names(answers)], keep=_versions(answers))
    return {
        "format": FORMAT,
        **redactor.value(about),
        "findings": [redactor.value(asdict(each)) for each in findings],
        "answers": [_shown(each, redactor) for each in answers],
    }


def _shown(answered: Answered, redactor: Redactor) -> Mapping[str, Any]:
    install = answered.scene.install
    return {
        "probe": answered.probe,
        "about": None if install is None else redactor.value(install.path),
        "heard": [_one(each, redactor) for each in answered.heard],
    }


def _one(heard: Heard, redactor: Redactor) -> Mapping[str, Any]:
    shown: dict[str, Any] = {
        **redactor.value(_asked(heard.ask)),
        "seconds": round(heard.seconds, 3),
    }
    if heard.failure is not None:
        shown["failure"] = redactor.value(asdict(heard.failure))
    if heard.result is not None:
        out = heard.result.stdout
        if heard.ask == GROUPS:
            out = _GROUP_NAME.sub(b'"<group>"', out)
        shown["exit_code"] = heard.result.exit_code
        shown["stdout"] = redactor.raw(out)
        shown["stderr"] = redactor.raw(heard.result.stderr)
    if heard.files is not None:
        shown["files"] = {
            redactor.value(path): None
            if content is None
            else redactor.value(asdict(shape_of(content)))
            for path, content in heard.files.items()
        }
    return shown


def _asked(ask: Ask) -> Mapping[str, Any]:
    if isinstance(ask, Run):
        return {"argv": list(ask.argv), "desktop": ask.desktop}
    return {"read": list(ask.paths)}


def _heard_names(answers: Sequence[Answered]) -> Sequence[Name]:
    """The accounts and emulators that came up among the answers."""
    found: list[Name] = []
    for answered in answers:
        for row in answered.scene.rows:
            found.append((row.name, "emulator"))
            found.append((written_name(answered.scene.configs.get(row.index)), "emulator"))
        for heard in answered.heard:
            if heard.result is not None and _is_whoami(heard.ask):
                found += [(name, "user") for name in _spellings(heard.result.stdout)]
    return found


def _is_whoami(ask: Ask) -> bool:
    return isinstance(ask, Run) and ask.argv == WHOAMI.argv


def _spellings(printed: bytes) -> Sequence[str]:
    """A name outside ASCII is read in each page that it may be in: one of them is right."""
    names: set[str] = set()
    for page in ("utf-8", "gbk", "cp866", "cp1251", "cp1252", "cp850"):
        try:
            names.add(printed.decode(page).strip())
        except UnicodeDecodeError:
            continue
    return sorted(names)


def _versions(answers: Sequence[Answered]) -> frozenset[str]:
    installs = (each.scene.install for each in answers)
    return frozenset(each.version for each in installs if each is not None and each.version)
