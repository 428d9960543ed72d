"""What sshd runs for each session: it hands bytes to and fro between the client and the tests.

    python -I -S relay.py SOCKET

Frames both ways: a letter, the length in four bytes, the content. To the tests: `c` the command,
`i` input, `e` its end. From them: `o` output, `r` error output, `x` the exit code.
"""

import os
import socket
import struct
import sys
import threading


def send(link: socket.socket, kind: bytes, data: bytes) -> None:
    link.sendall(kind + struct.pack("!I", len(data)) + data)


def take(link: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = link.recv(size - len(data))
        if not more:
            os._exit(255)
        data += more
    return data


def feed(link: socket.socket) -> None:
    try:
        while data := os.read(0, 65536):
            send(link, b"i", data)
        send(link, b"e", b"")
    except OSError:
        pass  # the program has ended meanwhile


SFTP = "/usr/lib/openssh/sftp-server"


def main() -> None:
    if os.environ.get("SSH_ORIGINAL_COMMAND") == SFTP:
        os.execv(SFTP, [SFTP])  # noqa: S606 - Debian's own, with files of this machine
    link = socket.socket(socket.AF_UNIX)
    link.connect(sys.argv[1])
    send(link, b"c", os.environb.get(b"SSH_ORIGINAL_COMMAND", b""))
    threading.Thread(target=feed, args=(link,), daemon=True).start()
    while True:
        kind, size = struct.unpack("!cI", take(link, 5))
        data = take(link, size)
        if kind == b"x":
            # sshd carries eight bits of an exit code; Windows' has 32 (docs/verification.md)
            os._exit(int(data) & 0xFF)
        os.write(1 if kind == b"o" else 2, data)


main()
