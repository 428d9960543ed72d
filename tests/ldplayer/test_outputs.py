import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ldfleet.domain.emulator import Adb, Power, Screen
from ldfleet.ldplayer import outputs
from ldfleet.ldplayer.outputs import Row, parse_list2, read_state
from ldfleet.ldplayer.text import NoSuchPlayer, NotUnderstood
from ldplayer.golden_files import golden, printed

HD = Screen(width=1280, height=720, dpi=240)


def list2(*rows: str, encoding: str = "utf-8", columns: int | None = None) -> tuple[Row, ...]:
    return parse_list2(printed("\r\n".join([*rows, ""]).encode(encoding)), columns=columns)


def row(name: str) -> Row:
    (only,) = parse_list2(printed(golden(name)))
    return only


def test_seven_columns_of_ldplayer_3_have_no_screen() -> None:
    first, second = parse_list2(printed(golden("list2_doc_3.txt")))

    assert first == Row(
        index=0,
        name="LDPlayer",
        name_bytes=b"LDPlayer",
        top_window=2032678,
        bind_window=1704928,
        state=1,
        player_pid=7456,
        vm_pid=3500,
        screen=None,
    )
    assert (second.index, second.name, second.player_pid) == (1, "LDPlayer-1", 3772)


def test_ten_columns_of_ldplayer_9_end_with_the_screen() -> None:
    rows = parse_list2(printed(golden("list2_ldms_9_off.txt")))

    assert [each.screen for each in rows] == [Screen(width=960, height=540, dpi=160)] * 2
    assert [each.player_pid for each in rows] == [None, None]
    assert [each.top_window for each in rows] == [0, 0]


@pytest.mark.parametrize("file", ["list2_alas_9_gbk.txt", "list2_alas_9_utf8.txt"])
def test_chinese_names_are_read_in_both_encodings(file: str) -> None:
    first, second = parse_list2(printed(golden(file)))

    assert (first.name, second.name) == ("雷电模拟器", "雷电模拟器-1")
    assert first.name.encode("gbk" if "gbk" in file else "utf-8") == first.name_bytes
    assert (first.player_pid, first.vm_pid, first.screen) == (59776, 36816, HD)


def test_a_name_in_neither_encoding_is_read_in_the_ansi_page() -> None:
    raw = "0,Ферма,0,0,0,-1,-1,960,540,160\r\n".encode("cp1251")

    (only,) = parse_list2(printed(raw), ansi="cp1251")

    assert only.name == "Ферма"


def test_bytes_that_are_no_text_in_any_page_still_give_a_row() -> None:
    (only,) = parse_list2(printed(b"0,a\x81,0,0,0,-1,-1,960,540,160\r\n"))

    assert only.name == "a\ufffd"
    assert only.name_bytes == b"a\x81"


def test_each_name_is_decoded_by_itself() -> None:
    raw = "0,雷电模拟器,0,0,0,-1,-1,960,540,160\r\n".encode("gbk")
    raw += "1,Farm é,0,0,0,-1,-1,960,540,160\r\n".encode()

    assert [each.name for each in parse_list2(printed(raw))] == ["雷电模拟器", "Farm é"]


def test_a_gap_in_the_indexes_survives() -> None:
    rows = parse_list2(printed(golden("list2_rustd_9_gap.txt")))

    assert [(each.index, each.name) for each in rows] == [
        (0, "LDPlayer-1-2-0"),
        (2, "LDPlayer-1-2"),
        (3, "HomeHubEufy"),
    ]


@pytest.mark.parametrize(
    ("file", "power"),
    [
        ("list2_rustd_9_starting.txt", Power.STARTING),
        ("list2_rustd_9_running.txt", Power.RUNNING),
        ("list2_automas_14_healthy.txt", Power.RUNNING),
        ("list2_automas_14_zombie.txt", Power.STARTING),
        ("list2_automas_14_stuck.txt", Power.STARTING),
        ("list2_automas_14_off.txt", Power.STOPPED),
    ],
)
def test_the_recorded_rows_have_these_states(file: str, power: Power) -> None:
    assert read_state(row(file)) is power


def test_a_stopped_row_with_a_window_process_is_still_stopping() -> None:
    (only,) = list2("0,a,0,0,0,4711,-1,960,540,160")

    assert read_state(only) is Power.STOPPING


def test_a_state_of_a_newer_version_is_unknown() -> None:
    (only,) = list2("0,a,0,0,7,-1,-1,960,540,160")

    assert read_state(only) is Power.UNKNOWN


def test_running_without_a_machine_for_more_than_30_seconds_is_a_zombie() -> None:
    zombie = row("list2_automas_14_zombie.txt")

    assert not outputs.is_zombie(zombie, 30.0)
    assert outputs.is_zombie(zombie, 30.1)
    assert not outputs.is_stuck(zombie, 1000.0)
    assert not outputs.is_zombie(row("list2_automas_14_healthy.txt"), 1000.0)


def test_starting_without_a_machine_for_more_than_180_seconds_is_stuck() -> None:
    stuck = row("list2_automas_14_stuck.txt")

    assert not outputs.is_stuck(stuck, 180.0)
    assert outputs.is_stuck(stuck, 180.1)
    assert not outputs.is_zombie(stuck, 1000.0)
    assert not outputs.is_stuck(row("list2_automas_14_off.txt"), 1000.0)


def test_names_may_hold_commas_and_numbers_and_be_empty() -> None:
    rows = list2(
        "0,farm, left, 7,0,0,0,-1,-1,960,540,160",
        "1,,0,0,0,-1,-1,960,540,160",
        "2,9,9,1,9,9,100,200,1,300,400,960,540,160",
    )

    assert [each.name for each in rows] == ["farm, left, 7", "", "9,9,1,9,9"]


def test_two_instances_may_have_one_name() -> None:
    rows = list2("0,twin,0,0,0,-1,-1,960,540,160", "1,twin,0,0,0,-1,-1,960,540,160")

    assert [(each.index, each.name) for each in rows] == [(0, "twin"), (1, "twin")]


def test_columns_of_a_newer_version_are_passed_over() -> None:
    rows = list2("0,a,b,0,0,0,-1,-1,960,540,160,x,7", "1,c,5,6,1,8,12,960,540,160,,", columns=10)

    assert [(each.name, each.screen and each.screen.dpi) for each in rows] == [
        ("a,b", 160),
        ("c", 160),
    ]


def test_a_name_that_imitates_columns_is_told_apart_by_the_known_generation() -> None:
    imitation = "0,x,1,2,3,2032678,1704928,1,7456,3500"

    (only,) = list2(imitation, columns=7)

    assert (only.name, only.player_pid) == ("x,1,2,3", 7456)


def test_a_name_that_imitates_columns_is_told_apart_by_the_other_rows() -> None:
    first, _ = list2("0,x,1,2,3,2032678,1704928,1,7456,3500", "1,y,0,0,0,-1,-1")

    assert first.name == "x,1,2,3"


def test_a_negative_handle_is_a_handle() -> None:
    (only,) = list2("0,a,-65536,-70000,1,8,12,960,540,160")

    assert (only.top_window, only.bind_window, only.vm_pid) == (-65536, -70000, 12)


def test_the_row_that_is_no_instance_is_skipped() -> None:
    rows = list2("000000,LDPlayer,0,0,0,-1,-1,960,540,160", "99999,all,x", "  1,b,0,0,0,0,0,9,9,9")

    assert [(each.index, each.player_pid) for each in rows] == [(0, None), (1, None)]


def test_lines_that_are_no_rows_are_passed_over_beside_rows() -> None:
    rows = list2("a warning, by someone", "", "0,a,0,0,0,-1,-1,960,540,160", "   ")

    assert [each.name for each in rows] == ["a"]


def test_nothing_printed_is_an_empty_list_only_with_exit_code_0() -> None:
    assert parse_list2(printed(b"")) == ()
    assert parse_list2(printed(b"\r\n \r\n")) == ()
    with pytest.raises(NotUnderstood, match="exit code 1"):
        parse_list2(printed(b"", exit_code=1))


def test_good_rows_count_whatever_the_exit_code() -> None:
    result = printed(golden("list2_ldms_9_off.txt"), exit_code=1)

    assert len(parse_list2(result)) == 2


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\xfe\x81 garbage",
        b"Access is denied.\r\n",
        b"0\r\n",
        b"0,\r\n",
        b"0,LDPlayer\r\n",
        b"0,LDPlayer,0,0,0,-1\r\n",
        b"0,LDPlayer,0,0,0,-1,-1,960\r\n",
        b"0,LDPlayer,zero,0,0,-1,-1,960,540,160\r\n",
        b"0,LDPlayer,0,0,42,-1,-1,960,540,160\r\n",
        b"x,LDPlayer,0,0,0,-1,-1,960,540,160\r\n1,a,0,0,0,-1,-1,960,540,160\r\n",
        b"0,a,0,0,0,-1,-1,960,540,160\r\n0,b,0,0,0,-1,-1,960,540,160\r\n",
        b"0,a,0,0,0,-1,-1,960,540,160\r\n1,b,0,0,0,-1,-1\r\n",
        b"0," + b"9" * 10_000 + b",0,0,0,-1,-1,960,540," + b"1" * 10_000,
    ],
)
def test_garbage_where_list2_should_be_is_not_understood(garbage: bytes) -> None:
    with pytest.raises(NotUnderstood):
        parse_list2(printed(garbage))


def test_fewer_columns_than_the_generation_has_are_not_understood() -> None:
    with pytest.raises(NotUnderstood, match="columns"):
        list2("0,a,0,0,0,-1,-1", columns=10)


@pytest.mark.parametrize("page", ["usage_9_inferred.txt", "usage_14_inferred.txt"])
def test_the_usage_page_is_a_refusal_of_every_command(page: str) -> None:
    shown = printed(golden(page))

    for read in (
        parse_list2,
        outputs.parse_list3,
        outputs.read_names,
        outputs.read_is_running,
        outputs.read_index,
        outputs.read_said,
        outputs.read_adb_state,
    ):
        with pytest.raises(NotUnderstood, match="usage page"):
            read(shown)


def test_a_name_like_the_usage_page_is_a_name() -> None:
    (only,) = list2("0,Commands :,0,0,0,-1,-1,960,540,160")

    assert only.name == "Commands :"


def test_a_missing_instance_has_an_error_of_its_own() -> None:
    with pytest.raises(NoSuchPlayer) as caught:
        outputs.read_said(printed(b"player don't exist!"))

    assert caught.value.reason == "there is no instance with this index"


def test_list3_tells_one_instance() -> None:
    brief = outputs.parse_list3(printed(golden("list3_js6_9.txt")))

    assert (brief.index, brief.name, brief.state, brief.screen) == (0, "LDPlayer", 0, HD)
    named = outputs.parse_list3(printed(b"3,a,7,b,1,1280,720,240\r\n"))
    assert (named.name, named.state) == ("a,7,b", 1)


@pytest.mark.parametrize("raw", [b"", b"x", b"0,a,0,1,2,3\r\n1,b,0,1,2,3\r\n", b"0,a,0,1,2\r\n"])
def test_anything_but_one_row_of_list3_is_not_understood(raw: bytes) -> None:
    with pytest.raises(NotUnderstood, match="list3"):
        outputs.parse_list3(printed(raw))


def test_names_come_one_to_a_line() -> None:
    raw = "雷电模拟器\r\nfarm, 7\r\n".encode("gbk")

    assert outputs.read_names(printed(raw)) == ("雷电模拟器", "farm, 7")
    assert outputs.read_names(printed(b"")) == ()
    with pytest.raises(NotUnderstood):
        outputs.read_names(printed(b"", exit_code=1))


def test_isrunning_says_one_of_two_words_without_a_line_end() -> None:
    assert outputs.read_is_running(printed(b"running")) is True
    assert outputs.read_is_running(printed(b"stop\r\n")) is False
    with pytest.raises(NotUnderstood, match="neither"):
        outputs.read_is_running(printed(b""))


def test_the_exit_code_of_add_is_the_index() -> None:
    assert outputs.read_index(printed(b"", exit_code=7)) == 7
    assert outputs.read_index(printed(b"", exit_code=0)) == 0


@pytest.mark.parametrize("code", [-1, 0xFFFFFFFF, 99_999])
def test_an_exit_code_that_can_be_no_index_is_not_understood(code: int) -> None:
    with pytest.raises(NotUnderstood, match="no index"):
        outputs.read_index(printed(b"", exit_code=code))


def test_what_a_command_said_is_kept_with_its_exit_code() -> None:
    said = outputs.read_said(printed(b"one\r\r\n\r\r\ntwo\r\n", exit_code=3, stderr=b"oh\r\n"))

    assert (said.exit_code, said.text, said.error) == (3, "one\n\ntwo", "oh")


@pytest.mark.parametrize(
    ("stdout", "stderr", "state"),
    [
        (b"device\r\n", b"", Adb.READY),
        (b"device\r\r\n", b"", Adb.READY),
        (b"* daemon started successfully\r\ndevice\r\n", b"", Adb.READY),
        (b"offline\r\n", b"", Adb.OFFLINE),
        (b"", b"error: device offline\r\n", Adb.OFFLINE),
        (b"", b"error: device 'emulator-5554' not found\r\n", Adb.NONE),
        (b"error: no devices/emulators found\r\n", b"", Adb.NONE),
    ],
)
def test_adb_tells_how_it_stands(stdout: bytes, stderr: bytes, state: Adb) -> None:
    assert outputs.read_adb_state(printed(stdout, stderr=stderr)) is state


@pytest.mark.parametrize("stdout", [b"", b"hello"])
def test_other_words_of_adb_are_not_understood(stdout: bytes) -> None:
    with pytest.raises(NotUnderstood, match="ADB"):
        outputs.read_adb_state(printed(stdout))


@pytest.mark.parametrize(
    ("stdout", "stderr", "booted"),
    [
        (b"1\r\n", b"", True),
        (b"1\r\r\n", b"", True),
        (b"0\r\n", b"", False),
        (b"\r\n", b"", False),
        (b"", b"error: device offline\r\n", False),
        (b"", b"error: device 'emulator-5554' not found\r\n", False),
    ],
)
def test_android_has_booted_only_when_it_says_so(
    stdout: bytes, stderr: bytes, booted: object
) -> None:
    assert outputs.read_boot_completed(printed(stdout, stderr=stderr)) is booted


def test_another_answer_to_the_boot_question_is_not_understood() -> None:
    with pytest.raises(NotUnderstood):
        outputs.read_boot_completed(printed(b"maybe\r\n"))


_names = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20
) | st.from_regex(r"[0-9,\-]{0,20}", fullmatch=True)
_off = st.just((0, 0, 0, -1, -1))
_pid = st.integers(1, 2**32 - 1)
_up = st.tuples(_pid, _pid, st.sampled_from([1, 2]), _pid, _pid | st.just(-1))


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(_names, _off | _up, st.integers(1, 9999)), max_size=6))
def test_ten_columns_come_back_whatever_the_names(
    instances: list[tuple[str, tuple[int, ...], int]],
) -> None:
    printed_rows = [
        f"{index},{name},{','.join(map(str, numbers))},{dpi},{dpi},{dpi}"
        for index, (name, numbers, dpi) in enumerate(instances)
    ]

    rows = list2(*printed_rows)

    assert [each.name for each in rows] == [name for name, _, _ in instances]
    assert [each.screen and each.screen.dpi for each in rows] == [dpi for *_, dpi in instances]
    assert [(each.top_window, each.state) for each in rows] == [
        (numbers[0], numbers[2]) for _, numbers, _ in instances
    ]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(_names, _off | _up), max_size=6))
def test_seven_columns_come_back_whatever_the_names(
    instances: list[tuple[str, tuple[int, ...]]],
) -> None:
    printed_rows = [
        f"{index},{name},{','.join(map(str, numbers))}"
        for index, (name, numbers) in enumerate(instances)
    ]

    rows = list2(*printed_rows, columns=7)

    assert [each.name for each in rows] == [name for name, _ in instances]


@settings(deadline=None, derandomize=True)
@given(st.binary(max_size=200), st.integers(-1, 3))
def test_no_bytes_make_a_reader_fail_otherwise(raw: bytes, exit_code: int) -> None:
    result = printed(raw, exit_code=exit_code, stderr=raw[::-1])
    for read in (parse_list2, outputs.parse_list3, outputs.read_names, outputs.read_said):
        try:
            read(result)
        except NotUnderstood as error:
            assert error.reason


def test_a_machine_of_process_0_is_no_machine() -> None:
    (only,) = list2("0,a,5,6,1,0,0,960,540,160")

    assert (only.player_pid, only.vm_pid) == (None, None)


def test_android_has_booted_though_the_adb_server_talks_first() -> None:
    said = b"* daemon not running; starting now *\r\n* daemon started *\r\n1\r\n"

    assert outputs.read_boot_completed(printed(said)) is True


def test_the_reason_shows_the_row_that_does_not_fit() -> None:
    with pytest.raises(NotUnderstood, match=r"'1,odd,x'$"):
        list2("0,a,0,0,0,-1,-1,960,540,160", "1,odd,x", "2,b,0,0,0,-1,-1,960,540,160")


def test_the_reason_shows_only_a_beginning_without_control_characters() -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse_list2(printed(b"\x1b\xff" + b"a" * 58))
    assert caught.value.reason == "it printed no row: '\\x1b\\xff" + "a" * 58 + "'"

    with pytest.raises(NotUnderstood) as caught:
        parse_list2(printed(b"a" * 61))
    assert caught.value.reason == "it printed no row: '" + "a" * 60 + "'…"


def test_as_many_as_eight_columns_more_are_passed_over() -> None:
    extra = ",x" * 8

    assert list2(f"0,a,0,0,0,-1,-1,960,540,160{extra}")[0].name == "a"
    with pytest.raises(NotUnderstood):
        list2(f"0,a,0,0,0,-1,-1,960,540,160{extra},x")
