"""ldconsole.exe: from a command line to a verb, and each call into the journal."""

import asyncio

from ldfleet.simulator.host import Invocation, Program
from ldfleet.simulator.ldplayer.call import Call, NoSuchPlayer, UsageError, Verb, read_verb
from ldfleet.simulator.ldplayer.device import DEVICE
from ldfleet.simulator.ldplayer.install import Install
from ldfleet.simulator.ldplayer.lifecycle import LIFECYCLE
from ldfleet.simulator.ldplayer.queries import QUERIES
from ldfleet.simulator.ldplayer.settings import SETTINGS
from ldfleet.simulator.quirks import concerns

VERBS: dict[str, Verb] = {**LIFECYCLE, **QUERIES, **SETTINGS, **DEVICE}
ACCESS_DENIED = 5


def usage(install: Install) -> str:
    """The page for a bare run and for whatever is not understood; its wording is ours."""
    lines = [install.generation.banner, "", "Usage : ", "\tldconsole.exe <command> [options]", ""]
    lines.append("Commands : ")
    for name, verb in VERBS.items():
        options = " ".join(f"--{option} <{option}>" for option in verb.needs)
        lines.append(f"\t{name} <--name mnq_name | --index mnq_idx> {options}".rstrip())
    return "\r\n".join([*lines, ""])


def program(install: Install) -> Program:
    async def ldconsole(invocation: Invocation) -> int:
        words = invocation.argv[1:]
        call = Call(install=install, invocation=invocation, verb=words[0] if words else "")
        told: int | None = None
        try:
            code = told = await _run(call, words[1:])
        except asyncio.CancelledError:
            call.effect = f"terminated ({call.effect})"
            raise
        finally:
            invocation.host.note(
                invocation,
                kind="ldconsole",
                effect=call.effect,
                exit_code=told,
                index=call.index,
                install=install.directory,
            )
        delay = invocation.host.faults.slow_answers_s
        if delay > 0:
            await invocation.host.clock.sleep(invocation.host.clock.from_real(delay))
        return code

    return ldconsole


async def _run(call: Call, words: list[str]) -> int:
    faults = call.install.host.faults
    if faults.ldconsole_denied:
        call.effect = "refused"
        call.invocation.err("Access is denied.\r\n")
        return ACCESS_DENIED
    if concerns(faults.ldconsole_hangs, call.verb):
        call.effect = "hung"
        await asyncio.get_running_loop().create_future()
    try:
        verb, call.options = read_verb(VERBS, call.verb, words)
        return await verb.run(call)
    except OSError as refusal:  # a full disk or a refused path: LDPlayer says nothing of it
        call.effect = f"refused: {refusal}"
        return 0
    except UsageError:
        call.effect = "usage"
        call.out(usage(call.install))
        return faults.usage_exit_code
    except NoSuchPlayer:
        call.effect = "missing"
        call.out("player don't exist!")
        return faults.missing_exit_code
