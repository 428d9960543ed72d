"""The first admin of a server that was just started."""

import httpx

_NAME, _PASSWORD = "admin", "a-long-password-for-tests"


def first_admin(url: str, told: str) -> str:
    """Made with the setup token in a line that the server told; gives an access token."""
    made = {"name": _NAME, "password": _PASSWORD}
    setup = httpx.post(
        f"{url}/api/auth/setup", json={"token": told.rsplit(maxsplit=1)[-1], **made}, timeout=30
    )
    assert setup.is_success, setup.text
    login = httpx.post(f"{url}/api/auth/login", json={**made}, timeout=30)
    assert login.is_success, login.text
    return str(login.json()["access_token"])
