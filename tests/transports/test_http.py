"""HTTP answers, however their bytes arrive."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldfleet.transports.winrm.http import LARGEST_BODY, Answer, BadReply, Reply

SOAP = b"Content-Type: application/soap+xml\r\n"
TOLD = b"HTTP/1.1 500 \r\n" + SOAP + b"Content-Length: 5\r\n\r\nfault"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\n" + SOAP + b"Transfer-Encoding: chunked\r\n\r\n"
    b"3\r\nsea\r\nB;note=1\r\nled\r\nanswer\r\n0\r\n\r\n"
)
AFTER_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n" + TOLD


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    marks = [0, *sorted({cut % len(data) for cut in cuts}), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(marks)]


def read(parts: list[bytes]) -> Reply:
    answer = Answer()
    *early, last = parts
    assert [answer.feed(part) for part in early if part] == [None for part in early if part]
    reply = answer.feed(last)
    assert reply is not None
    return reply


@pytest.mark.parametrize(
    ("data", "status", "body"),
    [
        (TOLD, 500, b"fault"),
        (CHUNKED, 200, b"sealed\r\nanswer"),
        (AFTER_CONTINUE, 500, b"fault"),
    ],
    ids=["told", "chunked", "after continue"],
)
@given(cuts=st.lists(st.integers(1, 10_000), max_size=8))
def test_it_does_not_matter_where_the_bytes_are_cut(
    data: bytes, status: int, body: bytes, cuts: list[int]
) -> None:
    reply = read(pieces(data, cuts))

    assert (reply.status, reply.body, reply.reusable) == (status, body, True)
    assert reply.content_type == "application/soap+xml"


def test_an_answer_of_untold_length_ends_with_the_stream() -> None:
    answer = Answer()

    assert answer.feed(b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\nhello ") is None
    assert answer.feed(b"world") is None
    reply = answer.end()

    assert reply is not None
    assert (reply.body, reply.reusable) == (b"hello world", False)


@pytest.mark.parametrize("data", [TOLD[:-1], CHUNKED[:-4]], ids=["told", "chunked"])
def test_an_answer_that_breaks_off_is_none(data: bytes) -> None:
    answer = Answer()

    assert answer.feed(data) is None
    assert answer.end() is None


def test_a_stream_that_ends_in_its_head_is_no_http() -> None:
    answer = Answer()
    answer.feed(b"HTTP/1.1 200 OK\r\nServer")

    with pytest.raises(BadReply):
        answer.end()


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n",
    ],
    ids=["close", "old", "more than asked for"],
)
def test_a_connection_is_not_used_again_after(head: bytes) -> None:
    assert read([head]).reusable is False


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.5\r\n",
        b"\x15\x03\x01\x00\x02",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n folded: line\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 20_000,
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (LARGEST_BODY + 1),
    ],
)
def test_what_is_no_http_is_refused(data: bytes) -> None:
    with pytest.raises(BadReply):
        Answer().feed(data)


def test_every_value_of_a_header_is_kept() -> None:
    challenges = b"WWW-Authenticate: Negotiate\r\nWWW-Authenticate: Kerberos\r\n"

    reply = read([b"HTTP/1.1 401 \r\n%sContent-Length: 0\r\n\r\n" % challenges])

    assert reply.all(b"www-authenticate") == ["Negotiate", "Kerberos"]
