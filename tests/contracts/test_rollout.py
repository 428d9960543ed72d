"""An app of the library on a farm: in waves, halted at its limit, finished by retry."""

from pathlib import Path
from typing import Any

from support.apps import apk
from support.canaries import Journey, a_server

PCS = ("pc-01", "pc-02", "pc-03")


async def launched(journey: Journey) -> list[str]:
    """The emulators of three PCs, up, in the order of the PCs."""
    found: list[str] = []
    for name in PCS:
        described = {**journey.place(name), "password": journey.password_of(name)}
        added = await journey("POST", "/api/workstations", **described)
        await journey.ended(f"/api/workstations/{added['id']}/scan")
        page = await journey("GET", f"/api/workstations/{added['id']}/emulators")
        found.append(page["items"][0]["id"])
        up = await journey.ended(f"/api/emulators/{found[-1]}/launch")
        assert up["status"] == "succeeded", up
    return found


async def settled(journey: Journey, batch_id: str, *, wanted: str) -> Any:
    """The batch, once it is there: its operations are waited for, one after the other."""
    batch: Any = None
    for _ in range(60):
        batch = await journey("GET", f"/api/batches/{batch_id}")
        if batch["status"] == wanted:
            return batch
        page = await journey("GET", f"/api/batches/{batch_id}/operations?filter=over:no")
        for each in page["items"][:1]:
            await journey("GET", f"/api/operations/{each['id']}?wait=1")
    raise AssertionError(batch)


async def places(journey: Journey, app_id: str) -> dict[str, bool]:
    page = await journey("GET", f"/api/apps/{app_id}/emulators")
    return {each["emulator_id"]: each["current"] for each in page["items"]}


async def test_a_rollout_halts_itself_and_is_finished_by_retry(tmp_path: Path) -> None:
    async with a_server(tmp_path) as journey:
        await journey.sign_in()
        first, second, third = await launched(journey)
        sent = await journey.http.post("/api/apps?file_name=game.apk", content=apk())
        app = sent.json()["id"]
        journey.fault("pc-02", apk_refused="INSTALL_FAILED_INSUFFICIENT_STORAGE")

        rollout = await journey(
            "POST",
            "/api/batches",
            verb="install",
            ids=[first, second, third],
            params={"app": app},
            policy={"waves": [1, 1], "stop_on_failures": 1},
        )
        halted = await settled(journey, rollout["id"], wanted="halted")
        after_two_waves = await places(journey, app)
        refused = await journey.http.delete(f"/api/apps/{app}")
        await journey("POST", f"/api/batches/{rollout['id']}/continue")
        partial = await settled(journey, rollout["id"], wanted="partial")
        journey.fault("pc-02", apk_refused="")
        again = await journey("POST", f"/api/batches/{rollout['id']}/retry")
        await settled(journey, again["id"], wanted="succeeded")

        assert halted["counts"]["succeeded"] == halted["counts"]["failed"] == 1
        assert after_two_waves == {first: True}
        assert (refused.status_code, refused.json()["code"]) == (409, "app_in_use")
        assert partial["counts"]["succeeded"] == 2
        assert again["total"] == 1
        assert await places(journey, app) == {first: True, second: True, third: True}
