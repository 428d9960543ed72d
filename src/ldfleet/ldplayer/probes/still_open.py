"""Questions that looking does not answer: listed with what asking them would need."""

from collections.abc import Sequence

from ldfleet.ldplayer.probes.probe import Heard, Probe, Reading, Scene, nothing, unknown

_TALK = "WS-Man messages that ldfleet's client does not send"
_SPARE = "an emulator to throw away: it changes, starts or removes one"


def _open(
    id_: str, question: str, needs: str, *, source: str = "ldconsole.md 13", of_install: bool = True
) -> Probe:
    return Probe(
        id=id_,
        question=question,
        source=source,
        of_install=of_install,
        asks=nothing,
        read=_never,
        needs=lambda _: needs,
    )


def _never(_: Scene, __: Sequence[Heard]) -> Reading:
    return unknown("nothing was asked")


PROBES = (
    _open(
        "client-command-id",
        "Does a cmd shell take the CommandId that the client chose?",
        _TALK,
        source="winrm.md 8.2",
        of_install=False,
    ),
    _open(
        "resent-receive",
        "Does a Receive that is sent again answer the same?",
        _TALK,
        source="winrm.md 8.3",
        of_install=False,
    ),
    _open(
        "badly-sealed",
        "Which HTTP status do badly sealed and unencrypted messages get?",
        _TALK,
        source="winrm.md 8.4",
        of_install=False,
    ),
    _open(
        "operation-counter",
        "Do the 1,500 operations count for each shell, or for the user?",
        "1,500 commands in a row, and then a PC that refuses the next",
        source="winrm.md 8.5",
        of_install=False,
    ),
    _open("acting-refusals", "What do commands that act say of a missing instance?", _SPARE),
    _open("add-index", "What does `add` answer with only 0 there, and with 0 missing?", _SPARE),
    _open(
        "copy-refusals",
        "Does `copy` block? Of a running source, twice at once, with a taken name?",
        _SPARE,
    ),
    _open("remove-running", "What does `remove` do to a running instance, and to 0?", _SPARE),
    _open("rename-bytes", "What does `rename` do to a taken or a Cyrillic name?", _SPARE),
    _open("launch-sessions", "What does a launch from session 0 come to?", _SPARE),
    _open("config-after", "How is the config file after add, boot, quit and restore?", _SPARE),
    _open("json-round-trip", "Does LDPlayer reset a file that was written anew?", _SPARE),
    _open("modify-cpu-6", "Does `modify --cpu 6` stick?", _SPARE),
)
