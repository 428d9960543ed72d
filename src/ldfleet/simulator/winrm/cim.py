"""WMI instances as WS-Management writes them: xsi:nil, cim:Datetime, repeated elements."""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from ldfleet.simulator.seam import CimInstance, CimValue

WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/"
NAMESPACES = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common"'
)
CIM_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{6})([+-])(\d{3})")


def whole(instance: CimInstance) -> str:
    """The element of an instance, named after its class."""
    kind = instance.class_name
    properties = "".join(
        _property(name, value, is_time=name in instance.datetimes)
        for name, value in instance.properties.items()
    )
    return (
        f'<p:{kind} xmlns:p="{WMI}{instance.namespace}/{kind}" {NAMESPACES} '
        f'xsi:type="p:{kind}_Type">{properties}</p:{kind}>'
    )


def fragment(instance: CimInstance, columns: Sequence[str]) -> str:
    """Only some properties, as a query for columns is answered."""
    spelled = {name.casefold(): name for name in instance.properties}
    names = [spelled[each.casefold()] for each in columns if each.casefold() in spelled]
    properties = "".join(
        _property(name, instance.properties[name], is_time=name in instance.datetimes)
        for name in names
    )
    kind = instance.class_name
    return (
        f'<w:XmlFragment xmlns:p="{WMI}{instance.namespace}/{kind}" {NAMESPACES}>'
        f"{properties}</w:XmlFragment>"
    )


def _property(name: str, value: CimValue, *, is_time: bool) -> str:
    if value is None:
        return f'<p:{name} xsi:nil="true"/>'
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(f"<p:{name}>{escape(each)}</p:{name}>" for each in value)
    if is_time:
        return f"<p:{name}><cim:Datetime>{_xml_time(str(value))}</cim:Datetime></p:{name}>"
    text = str(value).lower() if isinstance(value, bool) else escape(str(value))
    return f"<p:{name}>{text}</p:{name}>"


def _xml_time(text: str) -> str:
    """20261122214151.500000+060 → 2026-11-22T21:41:51.5+01:00."""
    found = CIM_TIME.fullmatch(text)
    if found is None:
        return escape(text)
    year, month, day, hour, minute, second, micros, sign, offset = found.groups()
    fraction = f".{micros.rstrip('0')}" if int(micros) else ""
    hours, minutes = divmod(int(offset), 60)
    zone = f"{sign}{hours:02}:{minutes:02}" if int(offset) else "Z"
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{fraction}{zone}"
