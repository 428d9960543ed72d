from support.edges import Edge

PATH = "/api/workstations/prepare"


async def test_the_script_is_answered_with_its_name(edge: Edge) -> None:
    answer = await edge.http.post(PATH, json={"servers": ["10.0.0.1"], "ssh": True})

    made = answer.json()
    assert answer.status_code == 200
    assert made["file_name"] == "prepare-workstation.ps1"
    assert "$servers=@('10.0.0.1')" in made["script"] and "$ssh=$true" in made["script"]


async def test_the_undo_is_another_script(edge: Edge) -> None:
    made = (await edge.http.post(PATH, json={"undo": True})).json()

    assert made["file_name"] == "undo-prepare-workstation.ps1"
    assert "# ldfleet:undo v1" in made["script"]


async def test_what_can_not_stand_in_a_script_is_refused_by_its_field(edge: Edge) -> None:
    asked = {"servers": ["10.0.0.1"], "user": "x'; whoami"}
    answer = await edge.http.post(PATH, json=asked)

    assert (answer.status_code, answer.json()["code"]) == (422, "field_invalid")
    assert "user" in answer.json()["detail"]
