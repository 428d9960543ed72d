r"""The filter language of all lists.

    status:ready tag:qa,spare ws:pc-0* -site:lab cpu:>2 seen:<5m "two words"

A space is and, `,` is or, `-` is not; `>`, `>=`, `<`, `<=` compare; `*` stands for anything;
double quotes hold spaces and signs together, `""` among them is one of them. A word without a
field is looked for in the name. An age (`90s`, `5m`, `2h`, `7d`) compares to how long ago
something was; a date (`2026-11-22`, `2026-11-22T10:30Z`) to when it was, in UTC.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from ldfleet import errors
from ldfleet.domain.listing import FieldKind, ListField, Noun

LONGEST = 1_000
MOST_VALUES = 100

_SIGNS = (">=", "<=", ">", "<")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_AGE = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_FLAGS = {"yes": True, "true": True, "no": False, "false": False}
_TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
_UPPER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")

N = TypeVar("N", float, datetime)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Texts that have these parts in this order, anything between them; folded already."""

    parts: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Only one text is like that."""
        return len(self.parts) == 1

    def fits(self, text: str) -> bool:
        """Whether a folded text is like that; in time that grows with its length alone.

        A regular expression would try each place for each part: hours for a dozen of them.
        """
        if self.exact:
            return text == self.parts[0]
        first, *between, last = self.parts
        at, end = len(first), len(text) - len(last)
        if at > end or not (text.startswith(first) and text.endswith(last)):
            return False
        for part in between:
            at = text.find(part, at, end)
            if at < 0:
                return False
            at += len(part)
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Range(Generic[N]):
    """From `low` to `high`; None is no bound, `open_…` leaves the bound itself out."""

    low: N | None = None
    high: N | None = None
    open_low: bool = False
    open_high: bool = False

    def holds(self, value: N) -> bool:
        """Whether a value is in it."""
        above = self.low is None or (value > self.low if self.open_low else value >= self.low)
        below = self.high is None or (value < self.high if self.open_high else value <= self.high)
        return above and below


Wanted = Pattern | Range[float] | Range[datetime] | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word of a filter: any of the wanted values, or none of them."""

    field: ListField
    wanted: tuple[Wanted, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which things of a list; every term holds. Without terms: all of them."""

    text: str = ""
    terms: tuple[Term, ...] = ()

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Whether something with these facts, by the names of fields, is one of them."""
        return all(
            any(_meets(facts[term.field.name], wanted, term.field.kind) for wanted in term.wanted)
            is not term.negated
            for term in self.terms
        )


def folded(text: str, kind: FieldKind) -> str:
    """A text as texts of that kind are compared."""
    return text.casefold() if kind is FieldKind.NAME else text.translate(_UPPER)


def parse(text: str, noun: Noun, *, now: datetime) -> Filter:
    """The filter that a text says; ages are counted back from `now`.

    Raises FilterInvalid.
    """
    words = _words(text, noun)
    return Filter(text=text.strip(), terms=tuple(_term(word, noun, now) for word in words))


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class _Letter:
    char: str
    quoted: bool

    def is_sign(self, sign: str) -> bool:
        return self.char == sign and not self.quoted


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as it was written, and its letters without the quotes."""

    raw: str
    place: int
    letters: tuple[_Letter, ...]
    noun: Noun

    def wrong(self, reason: str) -> errors.FilterInvalid:
        """What to raise of it."""
        return errors.FilterInvalid(
            word=self.raw, place=self.place, reason=reason, known=self.noun.filtered_by
        )


def _words(text: str, noun: Noun) -> list[_Word]:
    if len(text) > LONGEST:
        whole = _Word(text[:20] + "…", 1, (), noun)
        raise whole.wrong(f"a filter must not be longer than {LONGEST} characters; make it shorter")
    found: list[_Word] = []
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        word, at = _word(text, at, noun)
        found.append(word)
    return found


def _word(text: str, start: int, noun: Noun) -> tuple[_Word, int]:
    letters: list[_Letter] = []
    quoted, at = False, start
    while at < len(text) and (quoted or text[at] != " "):
        char = text[at]
        if char == '"' and quoted and text[at + 1 : at + 2] == '"':
            letters.append(_Letter('"', quoted=True))
            at += 1
        elif char == '"':
            quoted = not quoted
        else:
            letters.append(_Letter(char, quoted=quoted))
        at += 1
    word = _Word(text[start:at], start + 1, tuple(letters), noun)
    if quoted:
        raise word.wrong('the quote does not end; close it with "')
    if not all(letter.char.isprintable() for letter in letters):
        raise word.wrong("it must not hold control characters; leave them out")
    return word, at


def _term(word: _Word, noun: Noun, now: datetime) -> Term:
    letters = word.letters
    negated = bool(letters) and letters[0].is_sign("-")
    letters = letters[1:] if negated else letters
    colon = next((at for at, letter in enumerate(letters) if letter.is_sign(":")), None)
    if colon is None:
        bare = noun.find(noun.bare)
        if bare is None or not letters:
            raise word.wrong("a field or a name must follow; write status:ready, or a name")
        pattern = _pattern(letters, bare.kind)
        inside = Pattern(("", *pattern.parts, "")) if pattern.exact else pattern
        return Term(field=bare, wanted=(inside,), negated=negated)
    field = _field(word, "".join(letter.char for letter in letters[:colon]))
    values = _split(letters[colon + 1 :])
    if len(values) > MOST_VALUES:
        raise word.wrong(f"there must not be more than {MOST_VALUES} values; leave some out")
    wanted = tuple(_wanted(word, field, value, now) for value in values)
    return Term(field=field, wanted=wanted, negated=negated)


def _field(word: _Word, name: str) -> ListField:
    field = word.noun.find(name)
    if field is not None:
        return field
    not_yet = word.noun.unknown_yet.get(name.lower())
    unknown = f"{word.noun.name} have no field {name!r}; use one of the known ones"
    raise word.wrong(not_yet or unknown)


def _split(letters: Sequence[_Letter]) -> list[list[_Letter]]:
    values: list[list[_Letter]] = [[]]
    for letter in letters:
        if letter.is_sign(","):
            values.append([])
        else:
            values[-1].append(letter)
    return values


def _wanted(word: _Word, field: ListField, letters: list[_Letter], now: datetime) -> Wanted:
    sign = _sign_of(letters)
    rest = letters[len(sign) :]
    text = "".join(letter.char for letter in rest)
    if not text:
        raise word.wrong("a value is missing; write one after the sign")
    if field.kind is FieldKind.NUMBER:
        return _number(word, sign, text)
    if field.kind is FieldKind.MOMENT:
        return _moment(word, sign, text, now)
    if sign:
        raise word.wrong(f"{field.name} has no order; leave {sign} out")
    if field.kind is FieldKind.FLAG:
        if text.lower() not in _FLAGS:
            raise word.wrong(f"{field.name} is yes or no; write {field.name}:yes")
        return _FLAGS[text.lower()]
    if field.kind is FieldKind.CHOICE and text.lower() not in field.choices:
        raise word.wrong(f"{field.name} must be one of {', '.join(field.choices)}")
    return _pattern(rest, field.kind)


def _sign_of(letters: Sequence[_Letter]) -> str:
    start = "".join(" " if letter.quoted else letter.char for letter in letters[:2])
    return next((sign for sign in _SIGNS if start.startswith(sign)), "")


def _pattern(letters: Sequence[_Letter], kind: FieldKind) -> Pattern:
    parts = [""]
    for letter in letters:
        if letter.is_sign("*"):
            parts.append("")
        else:
            parts[-1] += letter.char
    return Pattern(tuple(folded(part, kind) for part in parts))


def _number(word: _Word, sign: str, text: str) -> Range[float]:
    if not _NUMBER.fullmatch(text):
        raise word.wrong(f"{text!r} must be a number; write 4 or >80")
    number = float(text)
    return _range(sign, number) if sign else Range(low=number, high=number)


def _moment(word: _Word, sign: str, text: str, now: datetime) -> Range[datetime]:
    try:
        age = _AGE.fullmatch(text)
        if age is not None and sign:
            return _range(_TURNED[sign], now - timedelta(**{_UNITS[age[2]]: int(age[1])}))
        if age is None and (_DATE.fullmatch(text) or sign):
            return _dated(sign, text)
    except (ValueError, OverflowError):
        pass
    raise word.wrong(
        "it must be an age with a sign (<5m, >7d) or a date (2026-11-22, >=2026-11-22T10:30Z)"
    )


def _dated(sign: str, text: str) -> Range[datetime]:
    at = datetime.fromisoformat(text)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if sign:
        return _range(sign, at)
    return Range(low=at, high=at + timedelta(days=1), open_high=True)


def _range(sign: str, bound: N) -> Range[N]:
    open_ = "=" not in sign
    if sign.startswith(">"):
        return Range(low=bound, open_low=open_)
    return Range(high=bound, open_high=open_)


def _meets(fact: Any, wanted: Wanted, kind: FieldKind) -> bool:
    if isinstance(wanted, bool):
        return fact is wanted
    if isinstance(wanted, Pattern):
        texts: tuple[str, ...] = fact if kind is FieldKind.TAGS else (fact,)
        return fact is not None and any(wanted.fits(folded(each, kind)) for each in texts)
    return fact is not None and wanted.holds(fact)
