"""A visit of doctor, as it is kept."""

from datetime import datetime
from typing import Any

from ldfleet.domain.checkup import Checkup, Finding, Verdict
from ldfleet.domain.ids import OperationId, WorkstationId


def a_finding(probe: str = "ntlm", **changes: Any) -> Finding:
    fields: dict[str, Any] = {
        "probe": probe,
        "question": "Does the PC still take NTLM logins?",
        "source": "winrm.md 8.10",
        "verdict": Verdict.OK,
        "answer": "the PC takes NTLM logins",
    }
    return Finding(**{**fields, **changes})


def a_checkup(at: datetime, **changes: Any) -> Checkup:
    """One that is well, one to mend, one that was not asked."""
    fields: dict[str, Any] = {
        "workstation_id": WorkstationId("ws_0001"),
        "operation_id": OperationId("op_0001"),
        "at": at,
        "findings": (
            a_finding(),
            a_finding(
                "adb-binding",
                question="Where do ADB ports listen?",
                about="C:\\LDPlayer\\LDPlayer9",
                verdict=Verdict.WARNING,
                answer="5555: 0.0.0.0",
                remedy="Block them.",
            ),
            a_finding(
                "add-index",
                question="What does add answer?",
                verdict=Verdict.UNKNOWN,
                answer="not asked: needs an emulator to throw away",
                asked=False,
            ),
        ),
        "bundle": {"format": "ldfleet-doctor 1", "answers": []},
    }
    return Checkup(**{**fields, **changes})
