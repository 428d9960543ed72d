"""What the smaller lists can be filtered and sorted by; the words are those of `listing`."""

from ldfleet.domain.account import SessionKind
from ldfleet.domain.actor import Role
from ldfleet.domain.app import Packing
from ldfleet.domain.audit import AuditResult
from ldfleet.domain.batch import BatchStatus
from ldfleet.domain.listing import FieldKind, Noun, choice, known, unsorted
from ldfleet.domain.problem import ProblemKind
from ldfleet.domain.verb import Verb
from ldfleet.domain.view import ViewPage

_K = FieldKind
_ID = known("id", _K.TEXT)
_CREATED = known("created", _K.MOMENT, "created_at")
_UPDATED = known("updated", _K.MOMENT, "updated_at")

BATCHES = Noun(
    name="batches",
    bare="verb",
    fields=(
        choice("status", BatchStatus),
        choice("verb", Verb),
        known("targets", _K.NUMBER, "total"),
        known("by", _K.TEXT, "requested_by", "user"),
        known("source", _K.TEXT),
        unsorted("reason", _K.TEXT),
        unsorted("over", _K.FLAG),
        unsorted("schedule", _K.TEXT, "schedule_id"),
        _CREATED,
        known("finished", _K.MOMENT, "finished_at"),
        _ID,
    ),
)
SCHEDULES = Noun(
    name="schedules",
    bare="name",
    fields=(
        known("name", _K.TEXT),
        unsorted("enabled", _K.FLAG),
        known("by", _K.TEXT, "requested_by", "user"),
        known("next", _K.MOMENT, "next_at"),
        known("last", _K.MOMENT, "last_at"),
        _CREATED,
        _UPDATED,
        _ID,
    ),
)
PROFILES = Noun(
    name="profiles", bare="name", fields=(known("name", _K.TEXT), _CREATED, _UPDATED, _ID)
)
APPS = Noun(
    name="apps",
    bare="text",
    fields=(
        known("label", _K.TEXT, "name"),
        known("package", _K.TEXT),
        unsorted("text", _K.TEXT),
        known("version", _K.TEXT, "version_name"),
        known("code", _K.NUMBER, "version_code"),
        known("min_sdk", _K.NUMBER, "sdk"),
        unsorted("abi", _K.TAGS, "abis"),
        choice("packing", Packing),
        unsorted("signer", _K.TEXT, "signer_sha256"),
        unsorted("sha256", _K.TEXT),
        known("file", _K.TEXT, "file_name"),
        known("size", _K.NUMBER),
        known("by", _K.TEXT, "uploaded_by", "user"),
        _CREATED,
        _ID,
    ),
)
INSTALLATIONS = Noun(
    name="installations",
    bare="emulator",
    fields=(
        known("emulator", _K.TEXT, "name", "em"),
        known("workstation", _K.TEXT, "ws"),
        known("site", _K.TEXT),
        known("version", _K.TEXT, "version_name"),
        known("code", _K.NUMBER, "version_code"),
        known("seen", _K.MOMENT, "seen_at"),
        known("id", _K.TEXT, "emulator_id", "em_id"),
        unsorted("workstation_id", _K.TEXT, "ws_id"),
    ),
)
BACKUPS = Noun(
    name="backups",
    bare="emulator",
    fields=(
        known("emulator", _K.TEXT, "name", "em"),
        known("workstation", _K.TEXT, "ws"),
        known("site", _K.TEXT),
        known("file", _K.TEXT),
        known("size", _K.NUMBER),
        _CREATED,
        _ID,
        unsorted("emulator_id", _K.TEXT, "em_id"),
        unsorted("workstation_id", _K.TEXT, "ws_id"),
    ),
)
PROBLEMS = Noun(
    name="problems",
    bare="name",
    fields=(
        known("name", _K.TEXT, "subject_name"),
        choice("kind", ProblemKind),
        known("workstation", _K.TEXT, "ws"),
        known("site", _K.TEXT),
        unsorted("acknowledged", _K.FLAG),
        unsorted("over", _K.FLAG),
        known("since", _K.MOMENT),
        known("seen", _K.MOMENT, "seen_at"),
        known("ended", _K.MOMENT, "ended_at"),
        _ID,
        unsorted("subject", _K.TEXT),
        unsorted("workstation_id", _K.TEXT, "ws_id"),
    ),
)
SITES = Noun(
    name="sites",
    bare="name",
    fields=(known("name", _K.TEXT, "id"), unsorted("notes", _K.TEXT), _CREATED),
)
VIEWS = Noun(
    name="views",
    bare="name",
    fields=(
        known("name", _K.TEXT),
        choice("page", ViewPage),
        known("owner", _K.TEXT),
        unsorted("shared", _K.FLAG),
        _CREATED,
        _UPDATED,
        _ID,
    ),
)
USERS = Noun(
    name="users",
    bare="name",
    fields=(
        known("name", _K.TEXT),
        choice("role", Role),
        unsorted("enabled", _K.FLAG),
        known("login", _K.MOMENT, "last_login_at", "seen"),
        _CREATED,
        _UPDATED,
        _ID,
    ),
)
TOKENS = Noun(
    name="tokens",
    bare="name",
    fields=(
        known("name", _K.TEXT),
        choice("role", Role),
        known("expires", _K.MOMENT, "expires_at"),
        known("used", _K.MOMENT, "used_at"),
        _CREATED,
        _ID,
    ),
)
SESSIONS = Noun(
    name="sessions",
    bare="agent",
    fields=(
        known("agent", _K.TEXT, "program"),
        choice("kind", SessionKind),
        known("address", _K.TEXT, "from"),
        known("used", _K.MOMENT, "used_at"),
        known("expires", _K.MOMENT, "expires_at"),
        _CREATED,
        _ID,
    ),
)
AUDIT = Noun(
    name="audit",
    bare="name",
    fields=(
        known("name", _K.TEXT, "subject_name"),
        known("actor", _K.TEXT, "by", "who"),
        known("action", _K.TEXT),
        choice("result", AuditResult),
        unsorted("code", _K.TEXT),
        unsorted("source", _K.TEXT),
        unsorted("address", _K.TEXT, "from"),
        unsorted("subject", _K.TEXT),
        unsorted("reason", _K.TEXT),
        unsorted("correlation", _K.TEXT, "correlation_id"),
        known("at", _K.MOMENT),
        known("seq", _K.NUMBER, "number"),
    ),
)
