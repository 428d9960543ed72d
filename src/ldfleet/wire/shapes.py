"""The two kinds of schema, and the types of fields that several nouns share."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class Input(BaseModel):
    """What is sent to the server: a field it does not know is an error, not a shrug."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Output(BaseModel):
    """What the server answers: every field is always there; a reader skips unknown ones."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Page(Output, Generic[T]):
    """A piece of a list; `next_cursor` fetches the next one, and is null at the end."""

    items: list[T]
    next_cursor: str | None


Tags = Annotated[tuple[Annotated[str, Field(max_length=100)], ...], Field(max_length=100)]
Notes = Annotated[str, Field(max_length=10_000)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
PageSize = Annotated[int, Field(ge=1, le=500)]
