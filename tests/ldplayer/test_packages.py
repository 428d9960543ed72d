import pytest

from ldfleet.ldplayer.packages import install_failure, read_packages, read_pid

LISTED = """package:/system/app/Calculator/Calculator.apk=com.android.calculator2
package:/data/app/~~aB3=/com.example.game-xY9==/base.apk=com.example.game
WARNING: linker: something about a library
package:com.example.short
"""


def test_packages_come_with_the_place_of_their_file() -> None:
    assert read_packages(LISTED) == {
        "com.android.calculator2": "/system/app/Calculator/Calculator.apk",
        "com.example.game": "/data/app/~~aB3=/com.example.game-xY9==/base.apk",
        "com.example.short": "",
    }


def test_an_error_of_adb_lists_nothing() -> None:
    assert read_packages("error: device 'emulator-5556' not found") == {}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            "adb: failed to install x.apk: Failure [INSTALL_FAILED_OLDER_SDK: needs 33]",
            "INSTALL_FAILED_OLDER_SDK",
        ),
        ("Failure [INSTALL_PARSE_FAILED_NOT_APK]", "INSTALL_PARSE_FAILED_NOT_APK"),
        ("adb: device offline", "adb: device offline"),
        ("Performing Streamed Install\nSuccess", None),
        ("", None),
    ],
)
def test_the_reason_of_a_refused_app_is_androids_word(said: str, reason: str | None) -> None:
    assert install_failure(said) == reason


@pytest.mark.parametrize(
    ("printed", "pid"),
    [
        ("2417\n", 2417),
        ("2417 2500\n", 2417),
        ("\n", 0),
        ("/system/bin/sh: pidof: not found\n", None),
        ("/system/bin/sh: pidof: inaccessible or not found\n", None),
    ],
)
def test_a_process_is_there_or_not_or_can_not_be_told(printed: str, pid: int | None) -> None:
    assert read_pid(printed) == pid
