"""A client that was given a login renews it by itself, once for all who wait."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from ldfleet import errors
from ldfleet.client import auth, server
from ldfleet.client.aio import AsyncClient
from ldfleet.client.client import Client
from ldfleet.client.login import Login, Pair
from ldfleet.wire.accounts import LoginIn
from support.accounts import PASSWORD, a_person, the_people
from support.edges import Edge, listening


async def signed_in(edge: Edge, url: str) -> Pair:
    await a_person(the_people(edge.floor), "anna")
    async with AsyncClient(url, None) as client:
        begun = await client.send(auth.login(LoginIn(name="anna", password=SecretStr(PASSWORD))))
    return Pair(begun.access_token or "", begun.refresh_token or "")


async def test_many_calls_at_once_renew_an_expired_login_once(edge: Edge) -> None:
    async with listening(edge.app) as url:
        login = Login(await signed_in(edge, url))
        before = login.pair
        edge.floor.clock.advance(3600)
        async with AsyncClient(url, login) as client:
            names = await asyncio.gather(*(client.send(auth.me()) for _ in range(5)))

    assert {each.user.name for each in names} == {"anna"}
    assert login.pair != before


async def test_a_client_that_blocks_renews_its_login_too(edge: Edge) -> None:
    async with listening(edge.app) as url:
        login = Login(await signed_in(edge, url))
        edge.floor.clock.advance(3600)

        def ask() -> str:
            with Client(url, login) as client:
                client.send(server.status())
                return client.send(auth.me()).user.name

        assert await asyncio.to_thread(ask) == "anna"


async def test_the_feed_goes_on_with_a_renewed_login(edge: Edge) -> None:
    async with listening(edge.app) as url:
        login = Login(await signed_in(edge, url))
        edge.floor.clock.advance(3600)
        after = await edge.floor.database.feed.head()
        async with AsyncClient(url, login) as client:
            await edge.added()
            changes = await anext(client.events(after))

    assert [event.type for event in changes.events] == ["workstation.added"]


class Shelf:
    """Where another process has put newer tokens meanwhile."""

    def __init__(self, newer: Pair) -> None:
        self.pair = newer

    @contextmanager
    def alone(self) -> Generator[Pair | None]:
        yield self.pair

    def keep(self, pair: Pair) -> None:
        raise AssertionError(f"nothing had to be renewed: {pair}")


async def test_what_another_process_renewed_is_not_renewed_again(edge: Edge) -> None:
    async with listening(edge.app) as url:
        old = await signed_in(edge, url)
        edge.floor.clock.advance(3600)
        login = Login(old)
        async with AsyncClient(url, login) as client:
            await client.send(auth.me())
        async with AsyncClient(url, Login(old, Shelf(login.pair))) as client:
            assert (await client.send(auth.me())).user.name == "anna"


async def test_a_login_that_is_over_is_told(edge: Edge) -> None:
    async with listening(edge.app) as url:
        login = Login(await signed_in(edge, url))
        async with AsyncClient(url, login) as client:
            await client.send(auth.logout())
            with pytest.raises(errors.SessionEnded):
                await client.send(auth.me())
