"""The settings in force, for who may know them."""

from support.edges import CANARY, Edge


async def test_the_settings_in_force_are_shown_without_secrets(edge: Edge) -> None:
    answer = await edge.http.get("/api/settings")

    assert answer.status_code == 200
    shown = {each["name"]: each for each in answer.json()["items"]}
    assert shown["LDFLEET_LEASE"]["value"] == 30.0
    assert shown["LDFLEET_LEASE"]["given"] is False
    assert shown["LDFLEET_LEASE"]["about"].startswith("How long a runner holds")
    assert shown["LDFLEET_JWT_SECRET"]["value"] == "***"
    assert shown["LDFLEET_JWT_SECRET"]["given"] is True
    assert CANARY not in answer.text


async def test_strangers_see_no_settings(edge: Edge) -> None:
    async with edge.stranger() as http:
        answer = await http.get("/api/settings")

    assert answer.status_code == 401
