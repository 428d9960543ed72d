"""What is taken out of answers before they leave the farm, and what stays to learn from."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldfleet.ldplayer.redaction import Redactor

PAGES = ("utf-8", "gbk", "cp1251", "cp866")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"C:\Users\anna\Documents\x.png", r"C:\Users\<user>\Documents\x.png"),
        (r"D:\Documents and Settings\Анна\a", r"D:\Documents and Settings\<user>\a"),
        ("C:/Users/anna b/Pictures", "C:/Users/<user>/Pictures"),
        (r"\\nas-anna\share\a", r"\\<host>\share\a"),
        ("10.1.2.3:5986", "<address>:5986"),
        ("[fe80::1c2d:3e4f%12]:445", "[<address>]:445"),
        ("2001:db8::7", "<address>"),
        ("MAC 00-DB-11-22-33-44", "MAC <mac>"),
        ("00:db:11:22:33:44", "<mac>"),
        ('"macAddress": "00DB0A1B2C3D"', '"macAddress": "<mac>"'),
        ("S-1-5-21-917267712-1342860078-1792-1013", "<sid>"),
        ("00330-53210-00000-AA123", "<serial>"),
        ("IMEI 356938035643809", "IMEI <number>"),
        ("SIM 89860012345678901234", "SIM <hex>"),
        ("Android id 0123456789abcdef", "Android id <hex>"),
        ("b7a4f2de-0011-2233-4455-66778899aabb", "<guid>"),
        ("anna.smith@example.org", "<mail>"),
        ("<UserId>PC\\anna</UserId>", "<UserId><user></UserId>"),
        ("    TrustedHosts = nas, pc-7\r\n", "    TrustedHosts = <hosts>\r\n"),
        ("token ldf_abcdefgh12345678", "token ***"),
        ("Authorization: Bearer abc.def.ghi", "Authorization: Bearer ***"),
    ],
)
def test_what_tells_of_a_person_a_pc_or_a_device_is_taken_out(text: str, shown: str) -> None:
    assert Redactor([]).raw(text.encode()) == shown


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0:5555",
        "127.0.0.1:5557 [::1]:5557 [::]:135",
        "12:30:05",
        "dnplayer v14.0.25.1 Command Line Management Interface",
        "S-1-5-32-544 S-1-16-12288",
        "{20191216-47b9-4a1e-82b2-07ccd5323c3f}",
        "20160302-aaaa-aaaa-0eee-000000000001",
        r"C:\LDPlayer\LDPlayer9\ldconsole.exe",
        "0,LDPlayer,28053900,42935798,1,59776,36816,1280,720,240",
        "MaxConcurrentOperations = 4294967295",
        "O:NSG:BAD:P(A;;GA;;;BA)(A;;GR;;;IU)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)",
    ],
)
def test_what_we_learn_from_stays(text: str) -> None:
    redactor = Redactor([("ldplayer", "user"), ("LDPlayer-1", "emulator"), ("127.0.0.1", "host")])

    assert redactor.raw(text.encode()) == text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["Мария", "МАРИЯ", "мария"])
def test_a_known_name_is_found_in_every_page_and_case(page: str, name: str) -> None:
    shown = Redactor([("Мария", "user")]).raw(b"0," + name.encode(page) + b",0\r\n")

    assert shown == "0,<user>,0\r\n"


def test_a_home_folder_in_a_page_of_two_bytes_is_taken_whole() -> None:
    # 0x5C, the byte of a backslash, is the second one of the last letter.
    raw = b"C:\\Users\\" + "張功".encode("big5") + b"\\Documents"

    shown = Redactor([]).raw(raw)

    assert shown == r"C:\Users\<user>\Documents"


def test_text_of_two_bytes_a_letter_is_searched_too() -> None:
    assert Redactor([("anna", "user")]).raw("pc\\anna".encode("utf-16-le")) == "pc\\<user>"


def test_domain_and_name_are_both_known() -> None:
    redactor = Redactor([("CORP\\anna.smith", "user"), ("bob@corp.example", "user")])

    assert redactor.raw(b"corp\\Anna.Smith and BOB of corp.example") == (
        "<user>\\<user> and <user> of <user>"
    )


def test_the_owner_of_a_task_is_taken_out_whole_though_half_of_it_is_known() -> None:
    shown = Redactor([("PC-7", "host")]).raw(b"<UserId>PC-7\\anna</UserId>")

    assert shown == "<UserId><user></UserId>"


def test_a_version_that_looks_like_an_address_is_kept_where_it_is_known() -> None:
    assert Redactor([], keep=["9.5.32.0"]).value({"version": "9.5.32.0"}) == {"version": "9.5.32.0"}


def test_a_long_answer_is_cut() -> None:
    shown = Redactor([]).raw(b"x y " * 50_000)

    assert len(shown) < 21_000
    assert shown.endswith("200000 in all")


words = st.text(
    st.characters(categories=["Ll", "Lo"], max_codepoint=0x4FFF), min_size=4, max_size=12
)


@given(name=words, before=st.binary(max_size=20), after=st.binary(max_size=20))
def test_no_known_name_is_left_in_whatever_stands_around_it(
    name: str, before: bytes, after: bytes
) -> None:
    raw = before + name.encode() + after

    shown = Redactor([(name, "user")]).value({"a": ["pc", Redactor([(name, "user")]).raw(raw)]})

    assert name not in json.dumps(shown, ensure_ascii=False) or name.casefold() in {
        *("ldplayer", "leidian", "system", "administrator", "localhost", "workgroup"),
        *("default", "users", "windows", "public", "user", "builtin"),
    }
