"""How a simulated workstation's WinRM is set up: what an administrator would have configured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCertificate:
    """A certificate mapped to a local account, as winrm/config/service/certmapping does."""

    pem: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WinRMOptions:
    """Windows' defaults (winrm.md 5.1), and switches for what is unproven about Windows."""

    basic: bool = True
    """Auth/Basic, over HTTPS only."""
    advertise_ntlm: bool = False
    """Offer `NTLM` beside `Negotiate`. Windows does not; curl --ntlm needs it."""
    strict_channel_binding: bool = False
    """CbtHardeningLevel=Strict: refuse NTLM over HTTPS without channel bindings."""
    client_certificates: tuple[ClientCertificate, ...] = ()
    honour_command_id: bool = False
    """Give a command the id the client chose; whether Windows does is unknown (winrm.md 1)."""
    terminate_frees_operation: bool = False
    """Count a terminated command off the operations; Windows does not (winrm.md 1)."""
    quota_as_wmi_error: bool = False
    """Tell of a spent quota as MSFT_WmiError without a WSManFault, as newer hosts do."""
    max_shells_per_user: int = 30
    max_processes_per_shell: int = 25
    max_operations_per_user: int = 1500
    max_envelope_kib: int = 500
    max_timeout_s: float = 60.0
    idle_timeout_s: float = 7200.0
    enumeration_timeout_s: float = 240.0
    product_version: str = "OS: 10.0.19045 SP: 0.0 Stack: 3.0"
