"""Who gets in, and what the plain listener refuses."""

import base64
import random

import httpx
import pytest
import spnego

from ldfleet.simulator.winrm import ntlm
from ldfleet.simulator.winrm.md4 import md4
from ldfleet.simulator.winrm.negotiation import Negotiation
from ldfleet.simulator.winrm.ntlm import Acceptor, LoginRefused, SealBroken
from ldfleet.simulator.winrm.options import WinRMOptions
from simulator.winrm.testbed import PASSWORD, USER, Bench, serving, trusting

PLAIN = {"Content-Type": "application/soap+xml;charset=UTF-8"}


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        (b"", "31d6cfe0d16ae931b73c59d7e0c089c0"),
        (b"abc", "a448017aaf21d8525fc10ae87aa6729d"),
        (b"1234567890" * 8, "e33b4ddc9c38f2199c3e7b164fcc0536"),
    ],
)
def test_md4_is_that_of_rfc_1320(text: bytes, digest: str) -> None:
    assert md4(text).hex() == digest


def acceptor(password: str = PASSWORD) -> Acceptor:
    return Acceptor(
        machine="PC-01",
        password_of={USER: password}.get,
        server_challenge=random.Random(1).randbytes(8),
        uptime_s=5.0,
        bindings=None,
    )


def shake_hands(client: spnego.ContextProxy, password: str = PASSWORD) -> ntlm.Session:
    negotiation = Negotiation(acceptor(password))
    token = client.step()
    while token:
        answer = negotiation.step(token)
        token = client.step(answer) if answer else None
    assert client.complete
    assert negotiation.session is not None
    return negotiation.session


@pytest.mark.parametrize("protocol", ["ntlm", "negotiate"])
@pytest.mark.parametrize("name", [USER, f"PC-01\\{USER}", f".\\{USER}", f"pc-01\\{USER}"])
def test_sealing_agrees_with_another_implementation(protocol: str, name: str) -> None:
    client = spnego.client(name, PASSWORD, protocol=protocol)
    session = shake_hands(client)

    for text in (b"first", b"second" * 1000):
        wrapped = client.wrap_winrm(text)
        assert session.unseal(wrapped.header, wrapped.data) == text
        signature, sealed = session.seal(text[::-1])
        assert client.unwrap_winrm(signature, sealed) == text[::-1]


def test_a_message_sealed_with_other_keys_is_broken() -> None:
    session = shake_hands(spnego.client(USER, PASSWORD, protocol="ntlm"))
    other = spnego.client(USER, PASSWORD, protocol="ntlm")
    shake_hands(other)
    wrapped = other.wrap_winrm(b"text")

    with pytest.raises(SealBroken):
        session.unseal(wrapped.header, wrapped.data)


@pytest.mark.parametrize("name", ["nobody", f"OTHER\\{USER}", USER])
def test_wrong_credentials_are_refused_alike(name: str) -> None:
    with pytest.raises(LoginRefused):
        shake_hands(spnego.client(name, "wrong", protocol="negotiate"))


@pytest.mark.parametrize(
    "token",
    [b"", b"\x60", b"\x60\x03abc", b"NTLMSSP\x00", b"NTLMSSP\x00\x03\x00\x00\x00", b"\xa1\x84"],
)
def test_a_senseless_token_is_refused(token: bytes) -> None:
    with pytest.raises(LoginRefused):
        Negotiation(acceptor()).step(token)


def offers(answer: httpx.Response) -> list[str]:
    return answer.headers.get_list("WWW-Authenticate")


async def post(bench: Bench, *, tls: bool, **more: str) -> httpx.Response:
    scheme, port = (
        ("https", bench.endpoint.https_port) if tls else ("http", bench.endpoint.http_port)
    )
    async with httpx.AsyncClient(verify=trusting(bench.endpoint), trust_env=False) as http:
        return await http.post(
            f"{scheme}://127.0.0.1:{port}/wsman", content=b"<x/>", headers={**PLAIN, **more}
        )


async def test_a_401_offers_what_windows_offers() -> None:
    async with serving() as bench:
        plain = await post(bench, tls=False)
        secure = await post(bench, tls=True)
    async with serving(WinRMOptions(advertise_ntlm=True, basic=False)) as bench:
        switched = await post(bench, tls=True)

    assert (plain.status_code, plain.content, offers(plain)) == (401, b"", ["Negotiate"])
    assert offers(secure) == ["Negotiate", 'Basic realm="WSMAN"']
    assert offers(switched) == ["Negotiate", "NTLM"]


async def test_basic_is_refused_without_tls_or_with_a_wrong_password() -> None:
    good = httpx.BasicAuth(USER.encode(), PASSWORD.encode())
    bad = httpx.BasicAuth(USER.encode(), b"wrong")
    async with serving() as bench:
        url = f"http://127.0.0.1:{bench.endpoint.http_port}/wsman"
        async with httpx.AsyncClient(trust_env=False) as http:
            plain = await http.post(url, content=b"<x/>", headers=PLAIN, auth=good)
        url = f"https://127.0.0.1:{bench.endpoint.https_port}/wsman"
        async with httpx.AsyncClient(verify=trusting(bench.endpoint), trust_env=False) as http:
            wrong = await http.post(url, content=b"<x/>", headers=PLAIN, auth=bad)
            right = await http.post(url, content=b"<x/>", headers=PLAIN, auth=good)

    assert [plain.status_code, wrong.status_code, right.status_code] == [401, 401, 500]
    assert bench.endpoint.counters.logins_refused == 2


async def test_unsealed_soap_over_http_is_refused() -> None:
    async with serving() as bench:
        url = f"http://127.0.0.1:{bench.endpoint.http_port}/wsman"
        async with httpx.AsyncClient(trust_env=False) as http:
            await log_in(http, url)
            unsealed = await http.post(url, content=b"<x/>", headers=PLAIN)
            broken = await http.post(
                url,
                content=b"--Encrypted Boundary\r\nnonsense",
                headers={"Content-Type": 'multipart/encrypted;boundary="Encrypted Boundary"'},
            )

    assert (unsealed.status_code, unsealed.content) == (500, b"")
    assert broken.status_code == 400
    assert bench.endpoint.counters.connections == 1


async def log_in(http: httpx.AsyncClient, url: str) -> None:
    client = spnego.client(USER, PASSWORD, protocol="negotiate")
    token = client.step()
    while token:
        header = {"Authorization": f"Negotiate {base64.b64encode(token).decode()}"}
        answer = await http.post(url, content=b"", headers=header)
        reply = answer.headers.get("WWW-Authenticate", "").partition(" ")[2]
        token = client.step(base64.b64decode(reply)) if reply else None
    assert client.complete


async def test_ntlm_authenticates_a_connection_not_a_client() -> None:
    async with serving() as bench:
        url = f"http://127.0.0.1:{bench.endpoint.http_port}/wsman"
        async with httpx.AsyncClient(trust_env=False) as http:
            await log_in(http, url)
            assert (await http.post(url, content=b"")).status_code == 200
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.post(url, content=b"")).status_code == 401


async def test_other_paths_and_methods_do_not_exist() -> None:
    async with serving() as bench, httpx.AsyncClient(trust_env=False) as http:
        base = f"http://127.0.0.1:{bench.endpoint.http_port}"
        assert (await http.post(f"{base}/other", content=b"x")).status_code == 404
        assert (await http.get(f"{base}/wsman")).status_code == 405
