"""The two kinds of schema, and the types of fields that several nouns share."""

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class _Late(BaseModel):
    """Built when it is used first: a command knows many of them and needs few.

    What others make of it, FastAPI above all, is built at once: so it says of itself that it is
    deferred only while its class is made.
    """

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        cls.model_config["defer_build"] = True

    @classmethod
    def __pydantic_init_subclass__(cls, **_given: Any) -> None:
        cls.model_config["defer_build"] = False


class Input(_Late):
    """What is sent to the server: a field it does not know is an error, not a shrug."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Output(_Late):
    """What the server answers: every field is always there; a reader skips unknown ones."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Page(Output, Generic[T]):
    """A piece of a list; `next_cursor` fetches the next one, and is null at the end."""

    items: list[T]
    next_cursor: str | None
    total: int | None = None
    """How many there are on all pages; null unless `count=exact` asks for it."""


class PartPage(Output):
    """A piece of a list where `fields` was given: its things have these fields alone."""

    items: list[dict[str, Any]]
    next_cursor: str | None
    total: int | None = None


Tags = Annotated[tuple[Annotated[str, Field(max_length=100)], ...], Field(max_length=100)]
Notes = Annotated[str, Field(max_length=10_000)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
PageSize = Annotated[int, Field(ge=1, le=500)]
FilterText = Annotated[
    str,
    Field(
        max_length=1000,
        description="`status:ready tag:qa,spare ws:pc-0* -site:lab seen:<5m`: a space is and, "
        "`,` or, `-` not; `*` stands for anything; a bare word is a part of the name.",
        examples=["status:ready tag:qa"],
    ),
]


class ListFilter(Input):
    """Which of a list, in which order, how much of it."""

    filter: FilterText = ""
    sort: Annotated[
        str,
        Field(
            max_length=200,
            description="Fields, `-` before one turns its order round: `-status,name`. What is "
            "not known comes last.",
            examples=["-created"],
        ),
    ] = ""
    fields: Annotated[
        str,
        Field(
            max_length=1000,
            description="Only these fields of each thing: `id,name,status`. None: all.",
            examples=["id,name"],
        ),
    ] = ""
    count: Annotated[
        Literal["exact"] | None, Field(description="Say in `total` how many there are.")
    ] = None
    cursor: Annotated[str | None, Field(description="`next_cursor` of the page before.")] = None
    limit: PageSize = 50
