import pytest

from ldfleet.domain.facts import Install
from ldfleet.ldplayer import discovery, layout
from ldfleet.ldplayer.discovery import RegistryFinding, candidates, installs, read_registry
from ldplayer.golden_files import golden, printed

NINE = r"C:\LDPlayer\LDPlayer9"


def existing(*folders: str) -> frozenset[str]:
    return frozenset(file for each in folders for file in discovery.files_of(each))


def test_the_registry_is_asked_in_both_views_and_never_for_the_current_user() -> None:
    asked = [" ".join(query) for query in discovery.REGISTRY_QUERIES]

    assert r"reg.exe query HKLM\SOFTWARE\XuanZhi /s" in asked
    assert r"reg.exe query HKLM\SOFTWARE\WOW6432Node\leidian /s" in asked
    assert any(r"WOW6432Node\Microsoft" in query and "LDPlayer9" in query for query in asked)
    assert all(query.startswith(r"reg.exe query HKLM\SOFTWARE") for query in asked)
    assert len(set(asked)) == len(asked)


def test_the_recorded_values_of_leidian_are_read() -> None:
    assert read_registry([printed(golden("reg_leidian_salhe.txt"))]) == [
        RegistryFinding(install_dir=r"E:\leidian\LDPlayer4", data_dir=r"E:\leidian\LDPlayer4\vms")
    ]


def test_an_uninstall_key_tells_the_folder_by_its_programs() -> None:
    found = read_registry([printed(golden("reg_uninstall_inferred.txt"))])

    assert found == [RegistryFinding(install_dir=NINE, version="9.5.32.0")]


def test_a_program_with_an_icon_number_or_quotes_tells_the_folder() -> None:
    icon = b"HKEY_X\r\n    DisplayIcon    REG_SZ    D:\\a b\\dnplayer.exe,0\r\n"
    quoted = b'HKEY_X\r\n    UninstallString    REG_SZ    "D:\\c d\\dnuninst.exe" /S\r\n'

    assert [each.install_dir for each in read_registry([printed(icon + quoted)])] == [
        r"D:\a b",
        r"D:\c d",
    ]


def test_keys_that_are_missing_or_name_no_folder_find_nothing() -> None:
    missing = printed(b"", exit_code=1, stderr=b"ERROR: The system was unable to find the key\r\n")
    useless = printed(b"HKEY_X\r\n    UninstallString    REG_SZ    none\r\n garbage \xff\r\n")

    assert read_registry([missing, useless, missing]) == []


def test_of_the_readings_of_a_cyrillic_path_the_one_that_exists_is_the_install() -> None:
    found = read_registry([printed(golden("reg_xuanzhi_cyrillic_inferred.txt"))])
    folders = candidates(registry=found)
    true = r"D:\Эмуляторы и игры\LDPlayer9"

    assert true in folders
    assert len(folders) > 1
    assert installs(existing(true), folders, registry=found) == (
        Install(path=true, generation=9, version=None, data_path=rf"{true}\vms"),
    )


def test_the_data_folder_is_the_reading_that_exists() -> None:
    text = "HKEY_X\r\n    InstallDir    REG_SZ    C:\\LD\r\n    DataDir    REG_SZ    D:\\данные\r\n"
    found = read_registry([printed(text.encode("cp866"))])
    folders = candidates(registry=found)

    asked = discovery.paths_to_look_at(folders, found)
    (install,) = installs(existing(r"C:\LD") | ({"D:\\данные"} & {*asked}), folders, registry=found)

    assert install.data_path == "D:\\данные"


def test_a_data_folder_that_is_gone_is_not_believed() -> None:
    found = [RegistryFinding(install_dir=NINE, data_dir=r"D:\gone")]

    (install,) = installs(existing(NINE), [NINE], registry=found)

    assert install.data_path == rf"{NINE}\vms"


def test_candidates_come_surest_first_and_once() -> None:
    folders = candidates(
        person=r'"D:\My LDPlayer\ldconsole.exe"',
        players=[r"c:\ldplayer\ldplayer9\dnplayer.exe"],
        registry=[RegistryFinding(install_dir=NINE), RegistryFinding(install_dir=r"E:\x")],
        drives=["C:\\", "D"],
    )

    assert folders[:3] == (r"D:\My LDPlayer", r"c:\ldplayer\ldplayer9", r"E:\x")
    assert r"C:\LDPlayer\LDPlayer14" in folders
    assert r"D:\leidian\LDPlayer9" in folders
    assert len({each.lower() for each in folders}) == len(folders)


def test_nothing_known_gives_no_candidate() -> None:
    assert candidates() == ()
    assert candidates(person="", players=["dnplayer.exe"]) == ()


def test_a_person_may_name_the_folder() -> None:
    assert candidates(person="D:/LD 9/") == (r"D:\LD 9",)


def test_an_install_needs_both_of_its_files() -> None:
    console, adb = discovery.files_of(NINE)

    assert (console, adb) == (rf"{NINE}\ldconsole.exe", rf"{NINE}\adb.exe")
    assert installs([console], [NINE]) == ()
    assert installs([adb], [NINE]) == ()
    assert len(installs([console.upper(), adb], [NINE, NINE.lower(), NINE + "\\"])) == 1


def test_several_generations_stand_side_by_side() -> None:
    fourteen = r"C:\LDPlayer\LDPlayer14"

    found = installs(existing(NINE, fourteen), [NINE, fourteen])

    assert [each.generation for each in found] == [9, 14]


def test_the_version_is_the_banners_else_the_registrys() -> None:
    registry = [
        RegistryFinding(install_dir=NINE),
        RegistryFinding(install_dir=NINE.upper(), version="9.5.32.0"),
    ]

    (by_registry,) = installs(existing(NINE), [NINE], registry=registry, versions={NINE: None})
    (by_banner,) = installs(
        existing(NINE), [NINE], registry=registry, versions={NINE + "\\": "14.0.25.1"}
    )

    assert (by_registry.version, by_registry.generation) == ("9.5.32.0", 9)
    assert (by_banner.version, by_banner.generation) == ("14.0.25.1", 14)


def test_files_lie_where_the_reference_says() -> None:
    install = Install(
        path="C:\\LDPlayer\\LDPlayer9\\", generation=9, version=None, data_path=r"D:\data\vms"
    )

    assert layout.ldconsole(install) == r"C:\LDPlayer\LDPlayer9\ldconsole.exe"
    assert layout.config_file(install, 3) == r"D:\data\vms\config\leidian3.config"
    assert layout.global_config(install) == r"D:\data\vms\config\leidians.config"
    assert layout.instance_folder(install, 3) == r"D:\data\vms\leidian3"
    assert layout.vbox(install, 3) == r"D:\data\vms\leidian3\leidian.vbox"


@pytest.mark.parametrize(
    ("path", "own"),
    [
        (r"C:\LDPlayer\LDPlayer9\vms\config\leidian3.ldbk", True),
        (r"c:\ldplayer\LDPLAYER9. \vms\\leidian3\x.ldbk", True),
        (r"E:\vms\x.ldbk", True),
        (r"E:\vms\LDFleetBackups\x.ldbk", False),
        (r"C:\LDPlayer\Backups\x.ldbk", False),
        (r"C:\LDPlayer\LDPlayer9 backups\x.ldbk", False),
    ],
)
def test_a_file_among_ldplayers_own_is_known(path: str, *, own: bool) -> None:
    install = Install(
        path=r"C:\LDPlayer\LDPlayer9", generation=9, version=None, data_path="E:\\vms\\"
    )

    assert layout.is_own(install, path) is own
