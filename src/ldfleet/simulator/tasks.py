"""Scheduled tasks that run on the desktop of whoever is logged on."""

from dataclasses import dataclass

from ldfleet.simulator.host import Host, Start
from ldfleet.simulator.sessions import Sessions

DESKTOP = "\\LDFleet\\Desktop"
RUNNER = "C:\\ProgramData\\LDFleet\\run.ps1"
ACTION = (
    "powershell.exe -NoProfile -NonInteractive -WindowStyle Hidden "
    f"-ExecutionPolicy Bypass -File {RUNNER}"
)
NEVER_RAN = 267011


@dataclass(slots=True)
class Task:
    path: str
    action: str
    user: str
    last_result: int = NEVER_RAN
    last_run: float | None = None
    """Unix time."""


class Scheduler:
    """Tasks with an interactive token: nothing happens while nobody is logged on (winrm.md 5.3)."""

    def __init__(self, host: Host, sessions: Sessions) -> None:
        self.tasks = {DESKTOP.lower(): Task(DESKTOP, ACTION, sessions.user)}
        self._host = host
        self._sessions = sessions

    def find(self, path: str) -> Task | None:
        key = "\\" + path.strip("\\").lower()
        if key == DESKTOP.lower() and self._host.faults.no_desktop_task:
            return None
        return self.tasks.get(key)

    def run(self, task: Task) -> bool:
        """Start the task's program on the desktop; False when there is none."""
        self._host.settle()
        session = self._sessions.number
        if session is None:
            return False
        user = self._sessions.user
        process = self._host.start(
            Start(
                line=task.action,
                session=session,
                user=user,
                parent=self._host.services_pid,
                environment={"USERNAME": user, "COMPUTERNAME": self._host.name},
                directory="C:\\Windows\\System32",
            )
        )
        process.feed(b"", end=True)
        task.last_run = self._host.clock.wall()
        process.ended.add_done_callback(lambda _: _keep_result(task, process.exit_code))
        return True


def _keep_result(task: Task, exit_code: int | None) -> None:
    task.last_result = exit_code or 0
