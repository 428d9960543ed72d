"""What a running Android answers, read."""

import pytest

from ldfleet.domain.app import InstalledApp
from ldfleet.domain.emulator import BirthMarker
from ldfleet.ldplayer.android import Identity, is_meant, read_identity, read_picture
from ldfleet.ldplayer.packages import read_inventory
from ldfleet.ldplayer.text import NotUnderstood

PNG = b"\x89PNG\r\n\x1a\n" + b"middle" + b"\x00\x00\x00\x00IEND\xaeB`\x82"
# AOSP 9 writes the code before the name and the flags without `pkg`; 14 the other way.
OF_9 = b"""\
  Package [com.example.game] (1a2b3c):
    versionCode=102 minSdk=21 targetSdk=28
    versionName=1.2 beta 3
    flags=[ HAS_CODE ALLOW_CLEAR_USER_DATA ]
  Package [com.android.chrome] (4d5e6f):
    versionCode=443021034 minSdk=24 targetSdk=28
    versionName=80.0.3987.99
    flags=[ SYSTEM HAS_CODE UPDATED_SYSTEM_APP ]
Hidden system packages:
  Package [com.android.chrome] (7a8b9c):
    versionCode=373001234 minSdk=24 targetSdk=28
    versionName=61.0.3163.98
"""
OF_14 = b"""\
  Package [com.example.game] (1a2b3c):
    versionName=null
    versionCode=5000000000 minSdk=29 targetSdk=34
    pkgFlags=[ HAS_CODE ]\r
  Package [com.android.settings] (x):
    versionName=14
    versionCode=34 minSdk=34 targetSdk=34
    pkgFlags=[ SYSTEM HAS_CODE ]
"""


def test_an_inventory_names_each_package_once_with_the_version_that_runs() -> None:
    assert read_inventory(OF_9) == [
        InstalledApp(
            package="com.android.chrome",
            version="80.0.3987.99",
            version_code=443021034,
            system=True,
        ),
        InstalledApp(package="com.example.game", version="1.2 beta 3", version_code=102),
    ]


def test_an_inventory_of_a_newer_android_reads_the_same() -> None:
    assert read_inventory(OF_14) == [
        InstalledApp(package="com.android.settings", version="14", version_code=34, system=True),
        InstalledApp(package="com.example.game", version_code=5000000000),
    ]


@pytest.mark.parametrize("said", [b"", b"/system/bin/sh: dumpsys: not found\n", b"\xff\xfe"])
def test_an_android_without_any_package_is_not_believed(said: bytes) -> None:
    with pytest.raises(NotUnderstood, match="no package"):
        read_inventory(said)


def test_a_picture_is_taken_out_of_what_stands_before_it() -> None:
    warned = b"[Warning] Multiple displays were found.\n" + PNG

    assert read_picture(warned) == read_picture(PNG) == PNG


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"", "no picture"),
        (b"sh: screencap: inaccessible or not found\n", "no picture"),
        (PNG[:-1], "too early"),
    ],
)
def test_a_picture_that_is_not_whole_is_refused(said: bytes, reason: str) -> None:
    with pytest.raises(NotUnderstood, match=reason):
        read_picture(said)


def test_identity_is_read_from_what_android_tells() -> None:
    said = b"00:00:00:00:00:00\r\n00:db:0a:1b:2c:3d\r\n02:15:b2:00:00:00\r\n"
    said += b"0123456789abcdef\r\n356938035643809\r\n"

    assert read_identity(said) == Identity(
        macs=frozenset({"00DB0A1B2C3D", "0215B2000000"}),
        android_ids=frozenset({"0123456789abcdef"}),
        imeis=frozenset({"356938035643809"}),
    )


def test_what_android_does_not_tell_is_not_known() -> None:
    said = b"cat: /sys/class/net/*/address: No such file or directory\nnull\n00:00:00:00:00:00"

    assert read_identity(said) == Identity()


MAC, OTHER = "00DB0A1B2C3D", "00DB0A1B2C3E"


@pytest.mark.parametrize(
    ("known", "told", "meant"),
    [
        (BirthMarker(mac=MAC), Identity(macs=frozenset({OTHER, MAC})), True),
        (BirthMarker(mac=MAC.lower()), Identity(macs=frozenset({MAC})), True),
        (BirthMarker(mac=MAC), Identity(macs=frozenset({OTHER})), False),
        (BirthMarker(mac=MAC), Identity(), True),
        (BirthMarker(), Identity(macs=frozenset({OTHER})), True),
        (BirthMarker(imei="356938035643809"), Identity(macs=frozenset({OTHER})), True),
        (
            BirthMarker(mac=MAC, imei="356938035643809"),
            Identity(macs=frozenset({OTHER}), imeis=frozenset({"356938035643809"})),
            True,  # one of its ids was changed while it ran, or is not shown as it is
        ),
    ],
)
def test_only_ids_of_a_kind_that_both_have_can_say_no(
    known: BirthMarker, told: Identity, *, meant: bool
) -> None:
    assert is_meant(known, told) is meant
