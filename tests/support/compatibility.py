"""What a newer OpenAPI document takes away from the users of an older one.

Of the document's features it knows those that ours uses. Taken away is: a route, a parameter, a
field; what may be sent becomes less; what may come back becomes more than a reader was told of,
or less than it was promised. A new value of an enum that is answered takes nothing away.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Node = Mapping[str, Any]
_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


@dataclass(frozen=True, slots=True, order=True)
class Break:
    """Something that is taken away: `place` is a route, or a field `Schema.field`."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def breaks(old: Node, new: Node) -> Sequence[Break]:
    """All of them, each once, in order."""
    return sorted(set(_Comparison(old, new).of_paths()))


class _Comparison:
    def __init__(self, old: Node, new: Node) -> None:
        self._old = old
        self._new = new
        self._begun: set[tuple[str, str, bool]] = set()

    def of_paths(self) -> Iterator[Break]:
        for path, methods in self._old["paths"].items():
            for method, operation in methods.items():
                place = f"{method.upper()} {path}"
                now = self._new["paths"].get(path, {}).get(method)
                if now is None:
                    yield Break(place, "the route is gone")
                    continue
                yield from self._parameters(place, operation, now)
                yield from self._body(place, operation, now)
                yield from self._answers(place, operation["responses"], now["responses"])

    def _parameters(self, place: str, old: Node, new: Node) -> Iterator[Break]:
        before, after = _parameters_of(old), _parameters_of(new)
        for key, parameter in before.items():
            if key not in after:
                yield Break(place, f"the parameter {key} is gone")
            else:
                at = f"{place} {key}"
                yield from self._schema(at, parameter["schema"], after[key]["schema"], sent=True)
        for key, parameter in after.items():
            was = before.get(key, {}).get("required", False)
            if parameter.get("required", False) and not was:
                yield Break(place, f"the parameter {key} is required")

    def _body(self, place: str, old: Node, new: Node) -> Iterator[Break]:
        before, after = old.get("requestBody", {}), new.get("requestBody", {})
        if after.get("required", False) and not before.get("required", False):
            yield Break(place, "a body is required")
        yield from self._contents(place, before, after, sent=True)

    def _answers(self, place: str, old: Node, new: Node) -> Iterator[Break]:
        for status in (each for each in old if each.startswith("2")):
            if status not in new:
                yield Break(place, f"{status} is answered no more")
            else:
                yield from self._contents(place, old[status], new[status], sent=False)

    def _contents(self, place: str, old: Node, new: Node, *, sent: bool) -> Iterator[Break]:
        now = new.get("content", {})
        for media, content in old.get("content", {}).items():
            if media not in now:
                yield Break(place, f"{media} is gone")
            elif "schema" in content:
                yield from self._schema(place, content["schema"], now[media]["schema"], sent=sent)

    def _schema(self, place: str, old: Node, new: Node, *, sent: bool) -> Iterator[Break]:
        """Whether all that could be sent still can, or all that comes back was to be expected."""
        before, after = _variants(old), _variants(new)
        if len(before) == len(after) == 1:
            yield from self._one(place, before[0], after[0], sent=sent)
            return
        these, those = (before, after) if sent else (after, before)
        for one in these:
            fits = (not list(self._pair(place, one, other, sent=sent)) for other in those)
            if not any(fits):
                word = "is accepted no more" if sent else "may be answered now"
                yield Break(place, f"{_told(one)} {word}")

    def _pair(self, place: str, one: Node, other: Node, *, sent: bool) -> Iterator[Break]:
        old, new = (one, other) if sent else (other, one)
        return self._one(place, old, new, sent=sent)

    def _one(self, place: str, old: Node, new: Node, *, sent: bool) -> Iterator[Break]:
        names = (old.get("$ref", ""), new.get("$ref", ""))
        if any(names):
            if all(names) and (*names, sent) in self._begun:
                return
            self._begun.add((*names, sent))
            place = (names[0] or names[1]).rpartition("/")[2]
            old, new = _resolved(old, self._old), _resolved(new, self._new)
            yield from self._schema(place, old, new, sent=sent)
            return
        if old.get("type") != new.get("type") and not _wider(old, new, sent=sent):
            yield Break(place, f"{_told(old)} became {_told(new)}")
            return
        yield from _narrowed(place, old, new, sent=sent)
        yield from self._fields(place, old, new, sent=sent)
        for key in ("items", "additionalProperties"):
            if isinstance(old.get(key), Mapping) and isinstance(new.get(key), Mapping):
                yield from self._schema(f"{place}[]", old[key], new[key], sent=sent)

    def _fields(self, place: str, old: Node, new: Node, *, sent: bool) -> Iterator[Break]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed, promised = set(new.get("required", ())), set(old.get("required", ()))
        for name, schema in before.items():
            if name not in after:
                yield Break(f"{place}.{name}", "the field is gone")
                continue
            yield from self._schema(f"{place}.{name}", schema, after[name], sent=sent)
            if not sent and name in promised - needed:
                yield Break(f"{place}.{name}", "the field may be missing")
        if sent:
            for name in sorted(needed - promised):
                yield Break(f"{place}.{name}", "the field is required")


def _parameters_of(operation: Node) -> Mapping[str, Node]:
    return {f"{each['in']} {each['name']}": each for each in operation.get("parameters", ())}


def _variants(schema: Node) -> Sequence[Node]:
    return next((schema[key] for key in ("anyOf", "oneOf") if key in schema), [schema])


def _resolved(schema: Node, document: Node) -> Node:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Node = document["components"]["schemas"][name] if name else schema
    return found


def _wider(old: Node, new: Node, *, sent: bool) -> bool:
    """Without a type anything goes; a whole number is a number."""
    narrow, wide = (old, new) if sent else (new, old)
    types = (narrow.get("type"), wide.get("type"))
    return types[1] is None or types == ("integer", "number")


def _narrowed(place: str, old: Node, new: Node, *, sent: bool) -> Iterator[Break]:
    if not sent:
        return
    lost = [value for value in _values(old) if _values(new) and value not in _values(new)]
    if lost or (_values(new) and not _values(old)):
        yield Break(place, f"accepts {', '.join(map(str, lost)) or 'what it did'} no more")
    tighter = [
        *(key for key in _LEAST if key in new and old.get(key, float("-inf")) < new[key]),
        *(key for key in _MOST if key in new and old.get(key, float("inf")) > new[key]),
        *(key for key in ("pattern",) if key in new and old.get(key) != new[key]),
    ]
    if tighter:
        yield Break(place, f"{', '.join(tighter)} is stricter")


def _values(schema: Node) -> Sequence[Any]:
    return schema.get("enum") or ([schema["const"]] if "const" in schema else [])


def _told(schema: Node) -> str:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return name or str(schema.get("const", schema.get("type", "anything")))
