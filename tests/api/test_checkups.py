"""What doctor found, over HTTP."""

from support.checkups import a_checkup
from support.edges import Edge

WS = "/api/workstations/ws_0001"


async def test_a_pc_that_doctor_never_saw_says_what_to_do(edge: Edge) -> None:
    await edge.floor.farm()

    answers = [await edge.http.get(f"{WS}/doctor{rest}") for rest in ("", "/bundle")]
    shown = (await edge.http.get(WS)).json()

    assert [each.status_code for each in answers] == [404, 404]
    assert {each.json()["code"] for each in answers} == {"never_examined"}
    assert "ldfleet doctor" in answers[0].json()["hint"]
    assert shown["capabilities"] is None


async def test_what_was_found_is_shown_with_its_pc(edge: Edge) -> None:
    await edge.floor.farm()
    async with edge.floor.database() as work:
        await work.checkups.put(a_checkup(edge.floor.clock.now()))

    found = (await edge.http.get(f"{WS}/doctor")).json()
    capabilities = (await edge.http.get(WS)).json()["capabilities"]

    assert (found["ok"], found["warning"], found["unknown"]) == (1, 1, 1)
    assert found["findings"][1]["remedy"] == "Block them."
    assert found["findings"][2]["asked"] is False
    assert capabilities == {
        name: value for name, value in found.items() if not name.startswith("workstation_")
    }


async def test_the_bundle_is_a_file_whose_name_tells_nothing(edge: Edge) -> None:
    await edge.floor.farm(name="secret-site-pc")
    async with edge.floor.database() as work:
        await work.checkups.put(a_checkup(edge.floor.clock.now()))

    answer = await edge.http.get(f"{WS}/doctor/bundle")

    assert answer.json() == {"format": "ldfleet-doctor 1", "answers": []}
    assert answer.headers["content-disposition"] == (
        'attachment; filename="ldfleet-doctor-op_0001.json"'
    )


async def test_lists_are_without_it(edge: Edge) -> None:
    await edge.floor.farm()

    [listed] = (await edge.http.get("/api/workstations")).json()["items"]

    assert "capabilities" not in listed
