"""WS-Management enumeration: WMI classes and shells, as dictionaries of text."""

import xml.etree.ElementTree as ET
from typing import Any, cast

from pypsrp.wsman import NAMESPACES, SelectorSet, WSMan

WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/"
SHELLS = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
CMD = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd"
WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
_ENUMERATION = f"{{{NAMESPACES['wsen']}}}"
_WSMAN = f"{{{NAMESPACES['wsman']}}}"
_ONE_REPLY = "500"
_PULLS = 1000

Instance = dict[str, str | None]


def instances(wsman: WSMan, class_name: str, where: str | None = None) -> list[Instance]:
    """All instances of a class in root/cimv2, or those that fulfil a WQL condition."""
    if where is None:
        return enumerate_(wsman, f"{WMI}{class_name}")
    query = f"SELECT * FROM {class_name} WHERE {where}"  # noqa: S608 - our own constants, no input
    return enumerate_(wsman, f"{WMI}*", query)


def enumerate_(wsman: WSMan, resource_uri: str, query: str | None = None) -> list[Instance]:
    """Everything a resource lists, in as few messages as possible."""
    ask = ET.Element(f"{_ENUMERATION}Enumerate")
    ET.SubElement(ask, f"{_WSMAN}OptimizeEnumeration")
    ET.SubElement(ask, f"{_WSMAN}MaxElements").text = _ONE_REPLY
    if query is not None:
        ET.SubElement(ask, f"{_WSMAN}Filter", Dialect=WQL).text = query
    reply = _inside(wsman.enumerate(resource_uri, ask), "EnumerateResponse")
    found = _items(reply, _WSMAN)
    for _ in range(_PULLS):
        context = reply.findtext(f"{_ENUMERATION}EnumerationContext")
        if not context or _ended(reply):
            return found
        reply = _inside(wsman.pull(resource_uri, _pull(context)), "PullResponse")
        found += _items(reply, _ENUMERATION)
    raise ValueError(f"{resource_uri} lists without end")


def selecting(shell_id: str) -> SelectorSet:
    """The selectors of a shell."""
    selectors = SelectorSet()
    cast("Any", selectors).add_option("ShellId", shell_id)  # half of it is annotated
    return selectors


def _pull(context: str) -> ET.Element:
    ask = ET.Element(f"{_ENUMERATION}Pull")
    ET.SubElement(ask, f"{_ENUMERATION}EnumerationContext").text = context
    ET.SubElement(ask, f"{_ENUMERATION}MaxElements").text = _ONE_REPLY
    return ask


def _inside(body: ET.Element, name: str) -> ET.Element:
    found = body.find(f"{_ENUMERATION}{name}")
    if found is None:
        raise ValueError(f"no {name} in the reply")
    return found


def _items(reply: ET.Element, namespace: str) -> list[Instance]:
    # The answer to Enumerate has WS-Man's Items, the answer to Pull WS-Enumeration's (winrm.md 3).
    items = reply.find(f"{namespace}Items")
    return [_instance(item) for item in items] if items is not None else []


def _ended(reply: ET.Element) -> bool:
    return any(reply.find(f"{each}EndOfSequence") is not None for each in (_WSMAN, _ENUMERATION))


def _instance(item: ET.Element) -> Instance:
    return {_local(child.tag): _text(child) for child in item}


def _text(element: ET.Element) -> str | None:
    inner = next(iter(element), element)  # a date is wrapped: <cim:Datetime>
    return inner.text


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
