"""Ports of simulated workstations: on loopback only, and kept while nobody listens on them."""

import socket

LOOPBACK = "127.0.0.1"


def bind(port: int) -> socket.socket:
    """A bound socket that does not listen: whoever connects is refused. Port 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """
    # With its protocol named, asyncio sets TCP_NODELAY on what it accepts, as HTTP.sys does.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setblocking(False)  # noqa: FBT003 - that is its name
        bound.bind((LOOPBACK, port))
    except OSError:
        bound.close()
        raise
    return bound
