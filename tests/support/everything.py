"""One thing of every kind that a path of the API can name, made anew as often as one is used up."""

from collections.abc import Mapping
from typing import Any

from ldfleet.domain.backup import Backup
from ldfleet.domain.ids import AppId, BackupId
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.problem import Problem, ProblemId, ProblemKind
from ldfleet.domain.workstation import Address
from ldfleet.services.tokens import Draft
from support.accounts import PASSWORD, Person
from support.apps import an_app
from support.edges import ONLINE, Edge
from support.stores import START, a_workstation, an_emulator, an_operation

NOWHERE = Address(host="127.0.0.1", port=9, username="farm")
"""Where nothing listens: a connection is refused at once."""
SECRET = "a long enough sentence"
DESCRIBED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "profile_id": ("profiles", {"settings": {"cpu": 2}}),
    "schedule_id": ("schedules", {"verb": "scan", "filter": "*", "cron": "0 3 * * *"}),
    "view_id": ("views", {"page": "emulators", "filter": "status:frozen", "shared": True}),
    "site_id": ("sites", {}),
    "user_id": ("users", {"role": "viewer", "password": SECRET}),
}


class Everything:
    """Of each kind one thing; every second time in the scope of tags `east`."""

    def __init__(self, edge: Edge, person: Person | None) -> None:
        """The session and the token are this person's."""
        self._edge = edge
        self._person = person
        self._made = 0

    async def made(self) -> Mapping[str, str]:
        """The ids of new things, by the names of the paths' parameters."""
        self._made += 1
        ids = {**await self._farm(self._made), "package": "com.example.game"}
        for parameter, (path, described) in DESCRIBED.items():
            draft = {**described, "name": f"{path}-{self._made}"}
            ids[parameter] = (await self._added(path, draft))["id"]
        batch = {"verb": "quit", "ids": [ids["emulator_id"]], "policy": {"waves": [1]}}
        ids["batch_id"] = (await self._added("batches", batch))["id"]
        return {**ids, **await self._own()}

    async def _own(self) -> Mapping[str, str]:
        if self._person is None:
            return {}
        begun = await self._edge.services.logins.login(self._person.user.name, PASSWORD)
        draft = Draft(name=f"token-{self._made}", expires_in_days=1)
        token, _ = await self._edge.services.tokens.create(self._person.actor, draft)
        return {"session_id": begun.session.id, "token_id": token.id}

    async def _added(self, path: str, draft: Mapping[str, Any]) -> Any:
        answer = await self._edge.http.post(f"/api/{path}", json=draft)
        assert answer.is_success, answer.text
        return answer.json()

    async def _farm(self, number: int) -> Mapping[str, str]:
        tags = () if number % 2 else ("east",)
        workstation = a_workstation(number, address=NOWHERE, health=ONLINE, tags=tags)
        emulator = an_emulator(number, workstation=number)
        over = {"status": OperationStatus.FAILED, "started_at": START, "finished_at": START}
        operation = an_operation(
            number, emulator=number, workstation=number, **(over if number % 3 else {})
        )
        await self._edge.floor.put(workstation, emulator, operation)
        backup = Backup(
            id=BackupId(f"bk_{number:04}"),
            workstation_id=workstation.id,
            emulator_id=emulator.id,
            emulator_name=emulator.name,
            file=rf"D:\backups\{number}.ldbk",
            size=5 << 30,
            created_at=START,
        )
        problem = Problem(
            id=ProblemId(f"pr_{number:04}"),
            kind=ProblemKind.LOW_DISK,
            subject=workstation.id,
            subject_name=workstation.name,
            workstation_id=workstation.id,
            since=START,
            seen_at=START,
        )
        async with self._edge.floor.database() as work:
            await work.backups.put(backup)
            app = an_app(number, id=AppId(f"ap_{number:04}"))
            await work.apps.add(app)
            await work.problems.put(problem)
        return {
            "workstation_id": workstation.id,
            "emulator_id": emulator.id,
            "operation_id": operation.id,
            "backup_id": backup.id,
            "app_id": app.id,
            "problem_id": problem.id,
        }
