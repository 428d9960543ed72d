import pytest

from ldfleet.ldplayer.generations import GENERATIONS, generation_of, read_banner
from ldfleet.ldplayer.text import NotUnderstood
from ldplayer.golden_files import golden, printed


@pytest.mark.parametrize(
    ("folder", "version", "number"),
    [
        (r"C:\LDPlayer\LDPlayer9", None, 9),
        ("D:\\leidian\\ldplayer9\\", None, 9),
        ("E:/leidian/LDPlayer14", None, 14),
        (r"C:\LDPlayer\LDPlayer4.0", None, 4),
        (r"C:\leidian\LDPlayer4", None, 4),
        (r"C:\LDPlayer\LDPlayer5", None, 5),
        (r"C:\LDPlayer\LDPlayer64", None, 5),
        (r"C:\ChangZhi\dnplayer2", None, 3),
        (r"D:\Эмуляторы и игры", None, 9),
        (r"D:\games", "14.0.25.1", 14),
        (r"C:\LDPlayer\LDPlayer9", "4.0.83", 4),
        (r"C:\LDPlayer\LDPlayer14", "20.1", 14),
        (r"C:\LDPlayer\LDPlayer14", "beta", 14),
    ],
)
def test_a_generation_is_known_by_its_version_or_folder(
    folder: str, version: str | None, number: int
) -> None:
    assert generation_of(folder, version).number == number


def test_14_tells_its_version_and_the_older_ones_do_not() -> None:
    assert read_banner(printed(golden("usage_14_inferred.txt"), exit_code=5)) == "14.0.25.1"
    assert read_banner(printed(golden("usage_9_inferred.txt"))) is None


@pytest.mark.parametrize("raw", [b"", b"hello\r\n", b"dnplayer of another kind\r\n"])
def test_another_first_line_is_no_ldplayer(raw: bytes) -> None:
    with pytest.raises(NotUnderstood, match="banner"):
        read_banner(printed(raw))


def test_the_banners_in_the_table_are_understood() -> None:
    for generation in GENERATIONS.values():
        if generation.banner is not None:
            line = generation.banner.format(version="1.2.3").encode()
            assert read_banner(printed(line)) == ("1.2.3" if generation.number == 14 else None)


def test_the_table_has_what_the_reference_has() -> None:
    assert {number: each.columns for number, each in GENERATIONS.items()} == {
        3: 7,
        4: 7,
        5: None,
        9: 10,
        14: 10,
    }
    assert GENERATIONS[9].vm_processes == GENERATIONS[14].vm_processes == ("Ld9BoxHeadless.exe",)
    assert len(GENERATIONS[14].limits.memory_mib) == 8
    assert all(number == each.number for number, each in GENERATIONS.items())


def test_the_defaults_of_14_lie_outside_what_modify_takes() -> None:
    newest = GENERATIONS[14]

    assert newest.default_cpu not in newest.limits.cpu
    assert newest.default_memory_mib not in newest.limits.memory_mib
