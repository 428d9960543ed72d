"""What people enter is held to its rules, and the refusal names field, rule and remedy."""

from dataclasses import replace
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.workstation import Address, Credentials, Limits, LoginMethod, TransportKind
from ldfleet.services import fields

GOOD = Address(host="pc-07.example.com", port=5986, username="farm")
PRINT = "ab" * 32
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"
KEY = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    "name", ["pc-07", "Студия 3", "x" * 64, "  pc  ", "[qa] 1", "1 👨\u200d👩"]
)
def test_a_name_of_any_script_is_fine(name: str) -> None:
    assert fields.name_of(name) == name.strip()


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 65, 'pc"7', "pc'7", "pc\n7", "pc\x007", "pc\x857"]
)
def test_a_name_that_fits_no_line_is_refused(name: str) -> None:
    with pytest.raises(errors.FieldInvalid) as refused:
        fields.name_of(name)

    assert refused.value.field == "name"


@pytest.mark.parametrize(
    "name",
    ["pc\u202e7", "pc\ufffe7", "pc\u200b7", "../../etc/passwd", "a\\b", "-0", "...", "\ue000"],
)
def test_a_name_that_is_not_what_it_looks_like_is_refused(name: str) -> None:
    with pytest.raises(errors.FieldInvalid) as refused:
        fields.name_of(name)

    assert refused.value.field == "name"


def test_a_name_that_looks_like_an_id_is_refused() -> None:
    with pytest.raises(errors.FieldInvalid, match="ws_") as refused:
        fields.name_of(" ws_01k")

    assert refused.value.field == "name"


@pytest.mark.parametrize(
    ("host", "kept"),
    [
        ("pc-07", "pc-07"),
        ("PC_07", "PC_07"),
        (" pc.example.com. ", "pc.example.com."),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:DB8::7", "2001:db8::7"),
        ("7up.example", "7up.example"),
    ],
)
def test_a_host_is_a_name_or_an_address(host: str, kept: str) -> None:
    assert fields.address_of(replace(GOOD, host=host)).host == kept


@pytest.mark.parametrize(
    "host",
    [
        "",
        "https://pc-07",
        "pc-07/wsman",
        "pc 07",
        "pc-07:5986",
        "[2001:db8::7]",
        "300.1.1.1",
        "1.2.3",
        "pc..07",
        "-pc",
        "пк-07",
        "x" * 64,
        ".".join(["x" * 60] * 5),
        "pc\n07",
    ],
)
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(errors.FieldInvalid) as refused:
        fields.address_of(replace(GOOD, host=host))

    assert refused.value.field == "host"


def test_a_fingerprint_is_kept_in_one_spelling() -> None:
    shown = ":".join(["AB"] * 32)

    assert fields.address_of(replace(GOOD, certificate_sha256=shown)).certificate_sha256 == PRINT


def test_blank_trust_is_none() -> None:
    address = fields.address_of(replace(GOOD, certificate_sha256=" ", ca_pem=""))

    assert (address.certificate_sha256, address.ca_pem) == (None, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"port": 0}, "port"),
        ({"port": 65536}, "port"),
        ({"username": " "}, "username"),
        ({"username": "x" * 257}, "username"),
        ({"username": "a\x00b"}, "username"),
        ({"certificate_sha256": "ab" * 31}, "certificate_sha256"),
        ({"certificate_sha256": "xy" * 32}, "certificate_sha256"),
        ({"certificate_sha256": PRINT, "tls": False}, "certificate_sha256"),
        ({"ca_pem": "no certificate"}, "ca_pem"),
        ({"ca_pem": PEM, "tls": False}, "ca_pem"),
        ({"login": LoginMethod.BASIC, "tls": False}, "login"),
        ({"login": LoginMethod.CERTIFICATE, "tls": False}, "login"),
    ],
)
def test_an_address_that_can_not_work_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(errors.FieldInvalid) as refused:
        fields.address_of(replace(GOOD, **changes))

    assert refused.value.field == field


SSH = Address(
    host="pc-07.lan",
    port=22,
    transport=TransportKind.SSH,
    tls=False,
    login=LoginMethod.PASSWORD,
    username="farm",
)
LOCAL = Address(
    host="LOCALHOST", port=0, transport=TransportKind.LOCAL, tls=False, login=LoginMethod.NONE
)
HOST_KEY = "A" * 42 + "+"


@pytest.mark.parametrize("entered", [f"SHA256:{HOST_KEY}", f" {HOST_KEY} ", f"{HOST_KEY}="])
def test_a_host_key_is_kept_as_ssh_keygen_shows_it(entered: str) -> None:
    address = fields.address_of(replace(SSH, host_key_sha256=entered))

    assert address.host_key_sha256 == f"SHA256:{HOST_KEY}"


def test_the_pc_itself_is_called_localhost() -> None:
    assert fields.address_of(LOCAL).host == "localhost"


@pytest.mark.parametrize(
    ("address", "changes", "field"),
    [
        (SSH, {"host_key_sha256": "ab" * 32}, "host_key_sha256"),
        (SSH, {"certificate_sha256": PRINT}, "certificate_sha256"),
        (SSH, {"ca_pem": PEM}, "ca_pem"),
        (SSH, {"login": LoginMethod.NEGOTIATE}, "login"),
        (SSH, {"username": " "}, "username"),
        (SSH, {"port": 0}, "port"),
        (GOOD, {"host_key_sha256": HOST_KEY}, "host_key_sha256"),
        (GOOD, {"login": LoginMethod.KEY}, "login"),
        (LOCAL, {"host": "pc-07"}, "host"),
        (LOCAL, {"username": "farm"}, "username"),
        (LOCAL, {"login": LoginMethod.PASSWORD}, "login"),
    ],
)
def test_what_means_nothing_on_that_way_is_refused(
    address: Address, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(errors.FieldInvalid) as raised:
        fields.address_of(replace(address, **changes))

    assert raised.value.field == field


def test_a_certificate_login_needs_no_user() -> None:
    address = replace(GOOD, login=LoginMethod.CERTIFICATE, username="")

    assert fields.address_of(address).username == ""
    fields.check_credentials(address, Credentials(certificate_pem=PEM, private_key_pem=KEY))


@pytest.mark.parametrize(
    ("login", "credentials", "field"),
    [
        (LoginMethod.NEGOTIATE, Credentials(), "password"),
        (LoginMethod.NTLM, Credentials(password=""), "password"),
        (LoginMethod.CERTIFICATE, Credentials(private_key_pem=KEY), "client_certificate_pem"),
        (LoginMethod.CERTIFICATE, Credentials(certificate_pem=PEM), "client_private_key_pem"),
        (
            LoginMethod.CERTIFICATE,
            Credentials(certificate_pem=PEM, private_key_pem="key"),
            "client_private_key_pem",
        ),
    ],
)
def test_a_login_gets_what_it_needs(
    login: LoginMethod, credentials: Credentials, field: str
) -> None:
    with pytest.raises(errors.FieldInvalid) as refused:
        fields.check_credentials(replace(GOOD, login=login), credentials)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        (None, None),
        ("  ", None),
        ("C:\\LDPlayer\\LDPlayer9\\", "C:\\LDPlayer\\LDPlayer9"),
        ("D:\\Program Files (x86)\\Игры\\LDPlayer", "D:\\Program Files (x86)\\Игры\\LDPlayer"),
    ],
)
def test_a_path_is_kept_without_its_last_backslash(path: str | None, kept: str | None) -> None:
    assert fields.path_of(path) == kept


@pytest.mark.parametrize(
    "path",
    [
        "LDPlayer9",
        "\\\\server\\share",
        "/opt/ldplayer",
        'C:\\"LD"',
        "C:\\%TEMP%",
        "C:\\LD!",
        "C:\\a\\..\\b",
        "C:\\a\nb",
        "C:\\" + "x" * 200,
    ],
)
def test_a_path_that_can_not_be_passed_safely_is_refused(path: str) -> None:
    with pytest.raises(errors.FieldInvalid) as refused:
        fields.path_of(path)

    assert refused.value.field == "ldplayer_path"


def test_tags_are_kept_once() -> None:
    assert fields.tags_of(("qa", "rack-1", "qa")) == ("qa", "rack-1")


@pytest.mark.parametrize("site", ["", "Berlin", "a b", "x" * 33, "site/berlin"])
def test_a_site_has_one_spelling(site: str) -> None:
    assert fields.site_of("berlin-2") == "berlin-2"
    with pytest.raises(errors.FieldInvalid) as refused:
        fields.site_of(site)
    assert refused.value.field == "site"


@pytest.mark.parametrize("tags", [("QA",), ("",), ("a b",), ("x" * 33,), ("-a",), ("a",) * 33])
def test_tags_have_one_spelling(tags: tuple[str, ...]) -> None:
    with pytest.raises(errors.FieldInvalid) as refused:
        fields.tags_of(tags)

    assert refused.value.field == "tags"


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        (Limits(boots=0), "limits.boots"),
        (Limits(boots=33), "limits.boots"),
        (Limits(disk=0), "limits.disk"),
        (Limits(light=0), "limits.light"),
        (Limits(boot_gap=-1), "limits.boot_gap_s"),
        (Limits(boot_gap=float("nan")), "limits.boot_gap_s"),
    ],
)
def test_limits_leave_a_workstation_able_to_work(limits: Limits, field: str) -> None:
    with pytest.raises(errors.FieldInvalid) as refused:
        fields.limits_of(limits)

    assert refused.value.field == field


def test_notes_may_have_lines_but_no_control_characters() -> None:
    assert fields.notes_of("one\n\ttwo") == "one\n\ttwo"
    for text in ("a\x00b", "a\x1bb", "x" * 4001):
        with pytest.raises(errors.FieldInvalid):
            fields.notes_of(text)


@pytest.mark.parametrize(
    "package", ["app", "com.", "com.a b", "com.a;rm", "1com.a", "a." + "b" * 255]
)
def test_what_is_no_package_name_is_refused(package: str) -> None:
    with pytest.raises(errors.FieldInvalid) as refused:
        fields.package_of(package)

    assert refused.value.field == "package"
