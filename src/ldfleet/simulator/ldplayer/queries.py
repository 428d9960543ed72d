"""The commands that only look."""

from ldfleet.simulator.host import GARBAGE
from ldfleet.simulator.ldplayer.call import Call, Verb
from ldfleet.simulator.ldplayer.instance import Instance


def row(call: Call, instance: Instance) -> str:
    """A line of list2 (ldconsole.md 6)."""
    install = call.install
    view = install.view(instance)
    fields: list[object] = [
        instance.index,
        install.name_of(instance),
        view.top,
        view.bind,
        view.state,
        view.player_pid,
        view.vm_pid,
        *install.screen(instance),
    ]
    return ",".join(str(value) for value in fields[: install.generation.columns]) + "\r\n"


async def list2(call: Call) -> int:
    if call.install.host.faults.garbage_list2:
        call.invocation.process.write_out(GARBAGE)
    else:
        call.out("".join(row(call, instance) for instance in call.install.ordered()))
    return 0


async def list_(call: Call) -> int:
    install = call.install
    call.out("".join(f"{install.name_of(one)}\r\n" for one in install.ordered()))
    return 0


async def list3(call: Call) -> int:
    instance = call.target()
    install = call.install
    width, height, dpi = install.screen(instance)
    flag = install.view(instance).state
    call.out(f"{instance.index},{install.name_of(instance)},{flag},{width},{height},{dpi}\r\n")
    return 0


async def runninglist(call: Call) -> int:
    install = call.install
    running = [one for one in install.ordered() if install.view(one).state]
    call.out("".join(f"{install.name_of(one)}\r\n" for one in running))
    return 0


async def isrunning(call: Call) -> int:
    call.out("running" if call.install.view(call.target()).state else "stop")
    return 0


async def operatelist(call: Call) -> int:
    call.target()
    call.out("[]\r\n")
    return 0


QUERIES = {
    "list": Verb(run=list_),
    "list2": Verb(run=list2),
    "list3": Verb(run=list3),
    "runninglist": Verb(run=runninglist),
    "isrunning": Verb(run=isrunning),
    "operatelist": Verb(run=operatelist),
}
