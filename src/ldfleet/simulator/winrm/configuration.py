"""`winrm get winrm/config` as a reply: quotas and switches of the service."""

from ldfleet.simulator.winrm import refusals
from ldfleet.simulator.winrm.options import WinRMOptions

CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config"
Tree = dict[str, "str | int | bool | Tree"]


def configuration(resource_uri: str, options: WinRMOptions) -> str:
    """The whole, or …/config/service, …/config/winrs.

    Raises:
        Refusal: there is no such part.
    """
    whole = _tree(options)
    part = resource_uri.removeprefix(CONFIG).strip("/").lower()
    if not part:
        return _element("Config", whole, namespace=CONFIG)
    for name, branch in whole.items():
        if name.lower() == part and isinstance(branch, dict):
            return _element(name, branch, namespace=f"{CONFIG}/{part}")
    raise refusals.no_such_resource()


def _tree(options: WinRMOptions) -> Tree:
    return {
        "MaxEnvelopeSizekb": options.max_envelope_kib,
        "MaxTimeoutms": int(options.max_timeout_s * 1000),
        "MaxBatchItems": 32000,
        "MaxProviderRequests": 4294967295,
        "Service": {
            "MaxConcurrentOperations": 4294967295,
            "MaxConcurrentOperationsPerUser": options.max_operations_per_user,
            "EnumerationTimeoutms": int(options.enumeration_timeout_s * 1000),
            "MaxConnections": 300,
            "AllowUnencrypted": False,
            "Auth": {
                "Basic": options.basic,
                "Kerberos": True,
                "Negotiate": True,
                "Certificate": bool(options.client_certificates),
                "CredSSP": False,
                "CbtHardeningLevel": "Strict" if options.strict_channel_binding else "Relaxed",
            },
        },
        "Winrs": {
            "AllowRemoteShellAccess": True,
            "IdleTimeout": int(options.idle_timeout_s * 1000),
            "MaxConcurrentUsers": 10,
            "MaxShellRunTime": 2147483647,
            "MaxProcessesPerShell": options.max_processes_per_shell,
            "MaxMemoryPerShellMB": 1024,
            "MaxShellsPerUser": options.max_shells_per_user,
        },
    }


def _element(name: str, tree: Tree, *, namespace: str = "") -> str:
    declared = f' xmlns:cfg="{namespace}" xml:lang="en-US"' if namespace else ""
    inside = "".join(
        _element(key, value)
        if isinstance(value, dict)
        else f"<cfg:{key}>{str(value).lower() if isinstance(value, bool) else value}</cfg:{key}>"
        for key, value in tree.items()
    )
    return f"<cfg:{name}{declared}>{inside}</cfg:{name}>"
