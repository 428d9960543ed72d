"""Filters and sorts of the smaller lists: SQL and the pure rules agree, on both databases."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldfleet import errors
from ldfleet.domain import nouns
from ldfleet.domain.account import ApiToken, Session, SessionKind, User
from ldfleet.domain.actor import Role
from ldfleet.domain.app import Installation, Packing, PlacedInstallation
from ldfleet.domain.audit import AuditEntry, AuditResult
from ldfleet.domain.backup import Backup
from ldfleet.domain.batch import Batch, BatchStatus, Policy
from ldfleet.domain.filter import parse
from ldfleet.domain.ids import (
    ApiTokenId,
    BackupId,
    BatchId,
    EmulatorId,
    ProfileId,
    ScheduleId,
    SessionId,
    UserId,
    ViewId,
    WorkstationId,
)
from ldfleet.domain.listing import Noun
from ldfleet.domain.problem import Problem, ProblemId, ProblemKind
from ldfleet.domain.profile import Profile
from ldfleet.domain.site import Site
from ldfleet.domain.sort import parse_sort
from ldfleet.domain.verb import Verb
from ldfleet.domain.view import View, ViewPage
from ldfleet.ports import AuditQuery, BackupQuery, Listed, Page, ProblemQuery, UnitOfWork
from ldfleet.storage.database import Database
from support.apps import an_app
from support.keeping import every_page
from support.listings import filters, in_order, many, sorts
from support.schedules import a_schedule
from support.stores import START

NOW = START + timedelta(hours=1)
WORDS = ("anna", "Anna", "a_b", "100% sure", "Ёж", "ёж", 'it"s', "back\\slash")
OWNER = UserId("us_0001")
ROWS = range(1, 9)


def at(number: int) -> Any:
    """Some moment, other than that of the numbers beside it."""
    return NOW + timedelta(minutes=(number * 37) % 90 - 60, microseconds=number)


def sometimes(number: int, value: Any) -> Any:
    return value if number % 3 else None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A small list: how its things are made and kept, and what its fields say of each."""

    make: Callable[[int], Any]
    keep: Callable[[UnitOfWork, Any], Any]
    facts: Callable[[Any], Mapping[str, Any]]
    read: Callable[[UnitOfWork, Listed], Awaitable[Page[Any]]]
    made: Sequence[int] = ROWS


def times(thing: Any) -> dict[str, Any]:
    return {"created": thing.created_at, "updated": thing.updated_at, "id": thing.id}


def installed(number: int) -> PlacedInstallation:
    """A game on one of the farm's emulators, as the farm's names are."""
    place = (number - 1) // 4 + 1
    return PlacedInstallation(
        installation=Installation(
            emulator_id=EmulatorId(f"em_{number:04}"),
            package="com.example.game",
            version_code=sometimes(number, number * 7 % 5),
            version_name=sometimes(number, f"1.{number % 4}"),
            app_id=None,
            operation_id="op_1",
            seen_at=at(number),
        ),
        emulator_name=f"player {number}",
        workstation_id=WorkstationId(f"ws_{place:04}"),
        workstation_name=f"farm-{place:04}",
    )


KINDS: Mapping[str, Kind] = {
    "apps": Kind(
        make=lambda n: an_app(
            n,
            version_code=n * 7 % 5,
            min_sdk=sometimes(n, 20 + n % 3),
            packing=list(Packing)[n % 3],
            uploaded_by=WORDS[n % 8],
            created_at=at(n),
        ),
        keep=lambda work, app: work.apps.add(app),
        facts=lambda app: {
            "label": app.facts.label,
            "package": app.facts.package,
            "text": f"{app.facts.label} {app.facts.package}",
            "version": app.facts.version_name,
            "code": app.facts.version_code,
            "min_sdk": app.facts.min_sdk,
            "abi": app.facts.abis,
            "packing": app.facts.packing,
            "signer": app.facts.signer_sha256,
            "sha256": app.sha256,
            "file": app.file_name,
            "size": app.size,
            "by": app.uploaded_by,
            "created": app.created_at,
            "id": app.id,
        },
        read=lambda work, how: work.apps.list(**how),
    ),
    "installations": Kind(
        make=installed,
        keep=lambda work, placed: work.installations.put(placed.installation),
        facts=lambda placed: {
            "emulator": placed.emulator_name,
            "workstation": placed.workstation_name,
            "site": "default",
            "version": placed.installation.version_name,
            "code": placed.installation.version_code,
            "seen": placed.installation.seen_at,
            "id": placed.installation.emulator_id,
            "workstation_id": placed.workstation_id,
        },
        read=lambda work, how: work.installations.list("com.example.game", scope=None, **how),
    ),
    "batches": Kind(
        make=lambda n: Batch(
            id=BatchId(f"ba_{n:04}"),
            verb=list(Verb)[n % 3],
            params={},
            status=list(BatchStatus)[n % 5],
            policy=Policy(),
            total=n % 4,
            sizes=(n,),
            requested_by=WORDS[n % 8],
            source="api",
            reason=sometimes(n, WORDS[-n % 8]),
            schedule_id=sometimes(n, ScheduleId("sc_0001")),
            created_at=at(n),
            finished_at=sometimes(n, at(n + 1)),
        ),
        keep=lambda work, batch: work.batches.add(batch),
        facts=lambda batch: {
            "status": batch.status,
            "verb": batch.verb,
            "targets": batch.total,
            "by": batch.requested_by,
            "source": batch.source,
            "reason": batch.reason,
            "over": batch.finished_at is not None,
            "schedule": batch.schedule_id,
            "created": batch.created_at,
            "finished": batch.finished_at,
            "id": batch.id,
        },
        read=lambda work, how: work.batches.list(**how),
    ),
    "schedules": Kind(
        make=lambda n: a_schedule(
            id=ScheduleId(f"sc_{n:04}"),
            name=WORDS[n - 1],
            enabled=n % 2 == 0,
            requested_by=WORDS[-n % 8],
            next_at=sometimes(n, at(n)),
            created_at=at(n + 3),
            updated_at=at(n + 5),
        ),
        keep=lambda work, schedule: work.schedules.add(schedule),
        facts=lambda each: {
            "name": each.name,
            "enabled": each.enabled,
            "by": each.requested_by,
            "next": each.next_at,
            "last": None,
            **times(each),
        },
        read=lambda work, how: work.schedules.list(**how),
    ),
    "profiles": Kind(
        make=lambda n: Profile(
            id=ProfileId(f"pf_{n:04}"),
            name=WORDS[n - 1],
            created_at=at(n),
            updated_at=at(n + 5),
        ),
        keep=lambda work, profile: work.profiles.add(profile),
        facts=lambda each: {"name": each.name, **times(each)},
        read=lambda work, how: work.profiles.list(**how),
    ),
    "backups": Kind(
        make=lambda n: Backup(
            id=BackupId(f"bk_{n:04}"),
            workstation_id=WorkstationId(f"ws_000{n % 3 + 1}"),
            emulator_id=sometimes(n, EmulatorId("em_0001")),
            emulator_name=WORDS[n % 8],
            file=rf"D:\{n}.ldbk",
            size=n % 4,
            created_at=at(n),
        ),
        keep=lambda work, backup: work.backups.put(backup),
        facts=lambda each: {
            "emulator": each.emulator_name,
            "workstation": f"farm-{each.workstation_id[3:]}",
            "site": "default",
            "file": each.file,
            "size": each.size,
            "created": each.created_at,
            "id": each.id,
            "emulator_id": each.emulator_id,
            "workstation_id": each.workstation_id,
        },
        read=lambda work, how: work.backups.list(BackupQuery(), **how),
    ),
    "problems": Kind(
        make=lambda n: Problem(
            id=ProblemId(f"pb_{n:04}"),
            kind=list(ProblemKind)[n % 4],
            subject=f"ws_{n}",
            subject_name=WORDS[n % 8],
            workstation_id=sometimes(n, WorkstationId(f"ws_000{n % 3 + 1}")),
            since=at(n),
            seen_at=at(n + 1),
            ended_at=sometimes(n + 1, at(n + 2)),
            acknowledged_at=sometimes(n, at(n)),
        ),
        keep=lambda work, problem: work.problems.put(problem),
        facts=lambda each: {
            "name": each.subject_name,
            "kind": each.kind,
            "workstation": each.workstation_id and f"farm-{each.workstation_id[3:]}",
            "site": each.workstation_id and "default",
            "acknowledged": each.acknowledged_at is not None,
            "over": each.ended_at is not None,
            "since": each.since,
            "seen": each.seen_at,
            "ended": each.ended_at,
            "id": each.id,
            "subject": each.subject,
            "workstation_id": each.workstation_id,
        },
        read=lambda work, how: work.problems.list(ProblemQuery(ended=True), **how),
    ),
    "sites": Kind(
        make=lambda n: Site(name=f"site-{n}", notes=WORDS[n - 1], created_at=at(n)),
        keep=lambda work, site: work.sites.add(site),
        facts=lambda each: {
            "name": each.name,
            "notes": each.notes,
            "created": each.created_at,
            "id": each.name,
        },
        read=lambda work, how: work.sites.list(among=[f"site-{number}" for number in ROWS], **how),
    ),
    "views": Kind(
        make=lambda n: View(
            id=ViewId(f"vw_{n:04}"),
            user_id=OWNER,
            owner="anna",
            name=WORDS[n - 1],
            page=list(ViewPage)[n % 3],
            filter="",
            sort="",
            shared=n % 2 == 0,
            created_at=at(n),
            updated_at=at(n + 5),
        ),
        keep=lambda work, view: work.views.add(view),
        facts=lambda each: {
            "name": each.name,
            "page": each.page,
            "owner": each.owner,
            "shared": each.shared,
            **times(each),
        },
        read=lambda work, how: work.views.list(OWNER, **how),
    ),
    "users": Kind(
        make=lambda n: User(
            id=UserId(f"us_{n:04}"),
            name=("anna", "Ben", "a_b", "Ёж", "straße", "zoe", "a.b")[n - 1],
            role=list(Role)[n % 3],
            enabled=n % 2 == 0,
            last_login_at=sometimes(n, at(n + 2)),
            created_at=at(n),
            updated_at=at(n + 5),
        ),
        keep=lambda work, user: work.users.add(user, password_hash=None),
        facts=lambda each: {
            "name": each.name,
            "role": each.role,
            "enabled": each.enabled,
            "login": each.last_login_at,
            **times(each),
        },
        read=lambda work, how: work.users.list(**how),
        made=range(2, 8),
    ),
    "tokens": Kind(
        make=lambda n: ApiToken(
            id=ApiTokenId(f"tk_{n:04}"),
            user_id=OWNER,
            name=WORDS[n - 1],
            role=list(Role)[n % 3],
            created_at=at(n),
            expires_at=sometimes(n, at(n + 1)),
        ),
        keep=lambda work, token: work.tokens.add(token, token_hash=token.id),
        facts=lambda each: {
            "name": each.name,
            "role": each.role,
            "expires": each.expires_at,
            "used": each.used_at,
            "created": each.created_at,
            "id": each.id,
        },
        read=lambda work, how: work.tokens.list(OWNER, **how),
    ),
    "sessions": Kind(
        make=lambda n: Session(
            id=SessionId(f"se_{n:04}"),
            user_id=OWNER,
            kind=list(SessionKind)[n % 2],
            agent=sometimes(n, WORDS[n - 1]),
            address=sometimes(n + 1, f"10.0.0.{n}"),
            created_at=at(n),
            used_at=at(n + 1),
            expires_at=at(n) + timedelta(days=1),
        ),
        keep=lambda work, session: work.sessions.add(session, secret_hash=session.id),
        facts=lambda each: {
            "agent": each.agent,
            "kind": each.kind,
            "address": each.address,
            "used": each.used_at,
            "expires": each.expires_at,
            "created": each.created_at,
            "id": each.id,
        },
        read=lambda work, how: work.sessions.live(OWNER, now=NOW, **how),
    ),
    "audit": Kind(
        make=lambda n: AuditEntry(
            at=at(n),
            actor=WORDS[n - 1],
            source="api",
            action=("workstation.add", "user.change")[n % 2],
            result=list(AuditResult)[n % 2],
            address=sometimes(n, "10.0.0.9"),
            subject=f"ws_{n}",
            subject_name=sometimes(n, WORDS[-n % 8]),
            code=sometimes(n, "permission_denied"),
            reason=sometimes(n + 1, WORDS[n % 8]),
            correlation_id=f"rq_{n}",
            seq=n,
        ),
        keep=lambda work, entry: work.audit.record(entry),
        facts=lambda each: {
            "name": each.subject_name,
            "actor": each.actor,
            "action": each.action,
            "result": each.result,
            "code": each.code,
            "source": each.source,
            "address": each.address,
            "subject": each.subject,
            "reason": each.reason,
            "correlation": each.correlation_id,
            "at": each.at,
            "seq": each.seq,
            "id": each.seq,
        },
        read=lambda work, how: work.audit.list(AuditQuery(), **how),
    ),
}


def noun_of(name: str) -> Noun:
    noun: Noun = getattr(nouns, name.upper())
    return noun


@pytest.fixture
async def stock(farm: Database, kind: str) -> list[Mapping[str, Any]]:
    """What its fields say of each thing that is kept, of one kind."""
    how = KINDS[kind]
    things = [how.make(number) for number in how.made]
    async with farm() as work:
        if kind != "users":
            await work.users.add(KINDS["users"].make(1), password_hash=None)
        for thing in things:
            kept = how.keep(work, thing)
            if kept is not None:
                await kept
    return [how.facts(thing) for thing in things]


def test_every_small_list_is_here() -> None:
    assert {name.lower() for name in dir(nouns) if isinstance(getattr(nouns, name), Noun)} == set(
        KINDS
    )


@pytest.mark.parametrize("kind", KINDS)
@many
@given(data=st.data())
async def test_small_lists_are_filtered_and_sorted_as_the_rules_say(
    farm: Database, kind: str, stock: list[Mapping[str, Any]], data: st.DataObject
) -> None:
    noun, read = noun_of(kind), KINDS[kind].read
    text, sort = data.draw(filters(noun)), data.draw(sorts(noun))
    wanted = parse(text, noun, now=NOW)
    async with farm() as work:
        found = await every_page(
            lambda cursor: read(
                work, {"matching": wanted, "sort": sort, "cursor": cursor, "limit": 2}
            )
        )
        one: Listed = {"matching": wanted, "sort": sort, "limit": 1, "count": True}
        total = (await read(work, one)).total

    expected = [row for row in stock if wanted.holds(row)]
    ids = [KINDS[kind].facts(each)["id"] for each in found]
    assert sorted(ids) == sorted(row["id"] for row in expected)
    assert total == len(expected)
    if sort:
        assert ids == in_order(expected, sort)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_cursor_of_a_small_list_belongs_to_its_filter_and_its_sort(
    farm: Database, kind: str, stock: list[Mapping[str, Any]]
) -> None:
    noun, read = noun_of(kind), KINDS[kind].read
    key = next(each.name for each in noun.fields if each.sortable)
    sort, wanted = parse_sort(f"-{key}", noun), parse("*", noun, now=NOW)
    async with farm() as work:
        cursor = (await read(work, {"limit": 1})).next_cursor

        assert len((await read(work, {"cursor": cursor})).items) == len(stock) - 1
        others: Sequence[Listed] = (
            {"cursor": cursor, "sort": sort},
            {"cursor": cursor, "matching": wanted},
        )
        for other in others:
            with pytest.raises(errors.CursorInvalid):
                await read(work, other)
