"""SOAP in and out: requests parsed, replies put together from templates.

Replies are strings, not trees: two hundred workstations live in one process.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from ldfleet.simulator.winrm import refusals
from ldfleet.simulator.winrm.refusals import Provider, Refusal

S = "{http://www.w3.org/2003/05/soap-envelope}"
A = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
W = "{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}"
N = "{http://schemas.xmlsoap.org/ws/2004/09/enumeration}"
RSP = "{http://schemas.microsoft.com/wbem/wsman/1/windows/shell}"
IDENTIFY = "{http://schemas.dmtf.org/wbem/wsman/identify/1/wsmanidentity.xsd}Identify"
ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"

ENVELOPE = (
    '<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer" '
    'xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" '
    'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" '
    'xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell" '
    'xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd">'
)
REPLY = (
    ENVELOPE + "<s:Header><a:Action>%s</a:Action><a:MessageID>uuid:%s</a:MessageID>"
    f"<a:To>{ANONYMOUS}</a:To><a:RelatesTo>%s</a:RelatesTo></s:Header>"
    "<s:Body>%s</s:Body></s:Envelope>"
)
IDENTITY = (
    '<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/>'
    "<s:Body><wsmid:IdentifyResponse "
    'xmlns:wsmid="http://schemas.dmtf.org/wbem/wsman/identify/1/wsmanidentity.xsd">'
    "<wsmid:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
    "</wsmid:ProtocolVersion><wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
    "<wsmid:ProductVersion>%s</wsmid:ProductVersion></wsmid:IdentifyResponse></s:Body>"
    "</s:Envelope>"
)
UNKNOWN_VERSION = "OS: 0.0.0 SP: 0.0 Stack: 3.0"
DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
DAY, HOUR, MINUTE = 86400, 3600, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    action: str = ""
    resource_uri: str = ""
    message_id: str = ""
    to: str = ""
    timeout: str = ""
    max_envelope_size: str = ""
    selectors: Mapping[str, str] = field(default_factory=dict[str, str])
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    body: ET.Element | None = None
    """The first element inside soap:Body."""

    @property
    def verb(self) -> str:
        """The last word of the action: `Create` or `Receive`."""
        return self.action.rsplit("/", 1)[-1]

    def timeout_s(self, *, limit: float) -> float:
        if not self.timeout:
            return limit
        seconds = parse_duration(self.timeout)
        if not seconds:
            raise refusals.bad_header("OperationTimeout")
        return min(seconds, limit)

    def room(self, *, limit: int) -> int:
        """How many bytes an answer may have."""
        wanted = int(self.max_envelope_size) if self.max_envelope_size.isdigit() else limit
        return min(wanted, limit)


def parse(soap: bytes) -> Request:
    """Read an envelope.

    Raises:
        Refusal: it is no SOAP in UTF-8, or has a DTD.
    """
    try:
        text = soap.decode("utf-8-sig")
        if "<!DOCTYPE" in text:
            raise refusals.bad_xml()
        root = ET.fromstring(text)  # noqa: S314 - without a DTD there are no entities
    except (UnicodeDecodeError, ET.ParseError) as error:
        raise refusals.bad_xml() from error
    body = root.find(f"{S}Body")
    header = root.find(f"{S}Header")
    if root.tag != f"{S}Envelope" or body is None:
        raise refusals.bad_xml()
    texts: dict[str, str] = {}
    sets: dict[str, dict[str, str]] = {}
    for element in header if header is not None else ():
        if element.tag in {f"{W}SelectorSet", f"{W}OptionSet"}:
            sets[element.tag] = {each.get("Name", ""): each.text or "" for each in element}
        else:
            texts[element.tag] = (element.text or "").strip()
    return Request(
        action=texts.get(f"{A}Action", ""),
        resource_uri=texts.get(f"{W}ResourceURI", ""),
        message_id=texts.get(f"{A}MessageID", ""),
        to=texts.get(f"{A}To", ""),
        timeout=texts.get(f"{W}OperationTimeout", ""),
        max_envelope_size=texts.get(f"{W}MaxEnvelopeSize", ""),
        selectors=sets.get(f"{W}SelectorSet", {}),
        options=sets.get(f"{W}OptionSet", {}),
        body=body[0] if len(body) else None,
    )


def parse_duration(text: str) -> float | None:
    """Seconds in an xs:duration without years and months."""
    found = DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (float(each or 0) for each in found.groups())
    return days * DAY + hours * HOUR + minutes * MINUTE + seconds


def duration(seconds: float) -> str:
    """As Windows writes how long a shell has run: P0DT0H0M0S."""
    whole = int(seconds)
    hours, minutes = whole % DAY // HOUR, whole % HOUR // MINUTE
    return f"P{whole // DAY}DT{hours}H{minutes}M{whole % MINUTE}S"


def reply(request: Request, message_id: str, body: str) -> str:
    return REPLY % (f"{request.action}Response", message_id, escape(request.message_id), body)


def fault(request: Request, message_id: str, refusal: Refusal, *, machine: str) -> str:
    if refusal.as_wmi_error:
        detail = _wmi_error(refusal)
    else:
        detail = f"<w:FaultDetail>{refusals.DETAIL}{refusal.detail}</w:FaultDetail>"
        message = escape(refusal.text)
        if refusal.provider is not None:
            message = _provider_fault(refusal, refusal.provider, machine)
        detail = (detail if refusal.detail else "") + _wsman_fault(refusal.code, machine, message)
    body = (
        f"<s:Fault><s:Code><s:Value>{refusal.side}</s:Value>"
        f"<s:Subcode><s:Value>{refusal.subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{escape(refusal.text)}</s:Text></s:Reason>'
        f"<s:Detail>{detail}</s:Detail></s:Fault>"
    )
    return REPLY % (refusal.action, message_id, escape(request.message_id), body)


def identity(version: str) -> str:
    return IDENTITY % escape(version)


def _wsman_fault(code: int, machine: str, message: str) -> str:
    return (
        '<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" '
        f'Code="{code}" Machine={quoteattr(machine)}><f:Message>{message}</f:Message>'
        "</f:WSManFault>"
    )


def _provider_fault(refusal: Refusal, provider: Provider, machine: str) -> str:
    text = escape(provider.text)
    inside = _wsman_fault(refusal.code, machine, text) if provider.coded else text
    return (
        f"<f:ProviderFault provider={quoteattr(provider.name)} path={quoteattr(provider.path)}>"
        f"{inside}</f:ProviderFault>"
    )


def _wmi_error(refusal: Refusal) -> str:
    text = escape(refusal.text)
    string, number = 'xsi:type="cim:cimString"', 'xsi:type="cim:cimUnsignedInt"'
    return (
        '<p:MSFT_WmiError b:IsCIM_Error="true" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:b="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd" '
        'xmlns:p="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError" '
        'xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common" xsi:type="p:MSFT_WmiError_Type">'
        f"<p:CIMStatusCode {number}>27</p:CIMStatusCode>"
        f"<p:Message {string}>{text}</p:Message>"
        f"<p:MessageID {string}>HRESULT {refusal.code:#x}</p:MessageID>"
        f"<p:error_Category {number}>30</p:error_Category>"
        f"<p:error_Code {number}>{refusal.code}</p:error_Code>"
        f"<p:error_Type {string}>HRESULT</p:error_Type>"
        f"<p:error_WindowsErrorMessage {string}>{text}</p:error_WindowsErrorMessage>"
        "</p:MSFT_WmiError>"
    )
