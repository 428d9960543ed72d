"""Windows' WS-Management faults: codes and shapes as recorded, or as wsmerror.h has them."""

from dataclasses import dataclass

WSMAN_FAULT = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
ADDRESSING_FAULT = "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault"
DETAIL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"

TIMED_OUT = 2150858793
INVALID_SELECTORS = 2150858843
INVALID_HEADER = 2150858767
INVALID_PARAMETER = 87
ABORTED = 995
FILE_NOT_FOUND = 2147942402
ACCESS_DENIED = 5
TOO_MANY_SHELLS = 2150859173
TOO_MANY_OPERATIONS = 2150859174
QUOTA_LIMIT = 2150858815
NO_SUCH_RESOURCE = 2150858752
CANNOT_PROCESS_FILTER = 2150858778
NO_SUCH_ENUMERATION = 2150858779
ACTION_NOT_SUPPORTED = 2150858771
SERVER_ENVELOPE_LIMIT = 2150858825
INVALID_XML = 2150858819


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The plug-in inside WinRM that a fault comes from."""

    name: str
    path: str
    text: str
    coded: bool = False
    """It tells of a WSManFault of its own instead of plain text."""


class Refusal(Exception):
    """A SOAP fault; the answer to a request that cannot be fulfilled."""

    def __init__(
        self,
        code: int,
        text: str,
        *,
        subcode: str,
        side: str = "s:Sender",
        detail: str = "",
        action: str = WSMAN_FAULT,
        provider: Provider | None = None,
        as_wmi_error: bool = False,
    ) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text
        self.subcode = subcode
        self.side = side
        self.detail = detail
        self.action = action
        self.provider = provider
        self.as_wmi_error = as_wmi_error


def _shell_plugin(text: str) -> Provider:
    return Provider(name="Shell cmd plugin", path="%systemroot%\\system32\\winrscmd.dll", text=text)


def _wmi(text: str) -> Provider:
    return Provider(
        name="WMI Provider", path="%systemroot%\\system32\\WsmWmiPl.dll", text=text, coded=True
    )


def timed_out() -> Refusal:
    return Refusal(
        TIMED_OUT,
        "The WS-Management service cannot complete the operation within the time specified in "
        "OperationTimeout.  ",
        side="s:Receiver",
        subcode="w:TimedOut",
    )


def no_such_shell(shell_id: str) -> Refusal:
    return Refusal(
        INVALID_SELECTORS,
        f"The request for the Windows Remote Shell with ShellId {shell_id} failed because the "
        "shell was not found on the server. Possible causes are: the specified ShellId is "
        "incorrect or the shell no longer exists on the server. Provide the correct ShellId or "
        "create a new shell and retry the operation. ",
        subcode="w:InvalidSelectors",
        detail="UnexpectedSelectors",
    )


def no_such_command() -> Refusal:
    return Refusal(
        INVALID_SELECTORS,
        "The Windows Remote Shell received a request to perform an operation on a command "
        "identifier that does not exist. Either the command has completed execution or the "
        "client specified an invalid command identifier. ",
        subcode="w:InvalidSelectors",
        detail="UnexpectedSelectors",
    )


def bad_header(name: str) -> Refusal:
    return Refusal(
        INVALID_HEADER,
        f"The WS-Management service cannot process the request because the header {name} is "
        "missing or has a value that is not valid. ",
        subcode="a:InvalidMessageInformationHeader",
        action=ADDRESSING_FAULT,
    )


def bad_parameter() -> Refusal:
    text = "The parameter is incorrect. "
    return Refusal(
        INVALID_PARAMETER,
        text,
        subcode="w:InvalidParameter",
        detail="InvalidValue",
        provider=_shell_plugin(text),
    )


def no_such_program() -> Refusal:
    text = "The system cannot find the file specified. "
    return Refusal(
        FILE_NOT_FOUND,
        text,
        side="s:Receiver",
        subcode="w:InternalError",
        provider=_shell_plugin(text),
    )


def aborted() -> Refusal:
    text = (
        "The I/O operation has been aborted because of either a thread exit or an application "
        "request. "
    )
    return Refusal(
        ABORTED,
        text,
        side="s:Receiver",
        subcode="w:InternalError",
        provider=_shell_plugin(text),
    )


def access_denied() -> Refusal:
    return Refusal(ACCESS_DENIED, "Access is denied. ", subcode="w:AccessDenied")


def too_many_shells(limit: int, *, as_wmi_error: bool) -> Refusal:
    return Refusal(
        TOO_MANY_SHELLS,
        "The WS-Management service cannot process the request. This user is allowed a maximum "
        f"number of {limit} concurrent shells, which has been exceeded. Close existing shells or "
        "raise the quota for this user. ",
        side="s:Receiver",
        subcode="w:InternalError" if as_wmi_error else "w:QuotaLimit",
        as_wmi_error=as_wmi_error,
    )


def too_many_operations(limit: int, *, as_wmi_error: bool) -> Refusal:
    return Refusal(
        TOO_MANY_OPERATIONS,
        "The WS-Management service cannot process the request. This user is allowed a maximum "
        f"number of {limit} concurrent operations, which has been exceeded. Close existing "
        "operations for this user, or raise the quota for this user. ",
        side="s:Receiver",
        subcode="w:InternalError" if as_wmi_error else "w:QuotaLimit",
        as_wmi_error=as_wmi_error,
    )


def too_many_processes(limit: int) -> Refusal:
    return Refusal(
        QUOTA_LIMIT,
        f"The maximum number of {limit} processes allowed in this shell has been exceeded. ",
        subcode="w:QuotaLimit",
    )


def no_such_resource(*, wmi: bool = False) -> Refusal:
    text = (
        "The WS-Management service cannot process the request. The service cannot find the "
        "resource identified by the resource URI and selectors. "
    )
    return Refusal(
        NO_SUCH_RESOURCE,
        text,
        subcode="a:DestinationUnreachable",
        detail="InvalidResourceURI",
        action=ADDRESSING_FAULT,
        provider=_wmi(text) if wmi else None,
    )


def bad_filter(reason: str) -> Refusal:
    return Refusal(
        CANNOT_PROCESS_FILTER,
        "The data source could not process the filter. The filter might be missing or it might "
        "be invalid. Change the filter and try the request again. ",
        subcode="n:CannotProcessFilter",
        action="http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault",
        provider=_wmi(reason),
    )


def no_such_enumeration() -> Refusal:
    return Refusal(
        NO_SUCH_ENUMERATION,
        "The supplied enumeration context is not valid. ",
        side="s:Receiver",
        subcode="n:InvalidEnumerationContext",
        action="http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault",
    )


def action_not_supported() -> Refusal:
    return Refusal(
        ACTION_NOT_SUPPORTED,
        "The WS-Management service cannot process the request because the resource does not "
        "support the operation. ",
        subcode="a:ActionNotSupported",
        action=ADDRESSING_FAULT,
    )


def envelope_too_large(limit_kib: int) -> Refusal:
    return Refusal(
        SERVER_ENVELOPE_LIMIT,
        f"The request is larger than the {limit_kib} KiB that this service accepts. ",
        subcode="w:EncodingLimit",
        detail="ServiceEnvelopeLimit",
    )


def bad_xml() -> Refusal:
    return Refusal(
        INVALID_XML,
        "The request contains XML that is not valid. ",
        subcode="w:SchemaValidationError",
    )
