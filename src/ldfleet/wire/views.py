"""Views: filters and orders of lists, saved under names."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ldfleet.domain.view import ViewPage
from ldfleet.wire.shapes import FilterText, Input, ListFilter, Output

Name = Annotated[str, Field(min_length=1, max_length=100)]
SortText = Annotated[
    str, Field(max_length=200, description="Fields of its list, as in `-status,name`.")
]
Shared = Annotated[bool, Field(description="Everybody sees it; its owner alone changes it.")]


class ViewIn(Input):
    """A view as a person describes it."""

    name: Name
    page: Annotated[ViewPage, Field(description="The list that is seen; it stays.")]
    filter: FilterText = ""
    sort: SortText = ""
    shared: Shared = False


class ViewPatch(Input):
    """A JSON merge patch (RFC 7396): only what is named changes, null goes back to the default."""

    name: Name | None = None
    filter: FilterText | None = None
    sort: SortText | None = None
    shared: Shared | None = None


class ViewFilter(ListFilter):
    """Which views."""

    page: Annotated[ViewPage | None, Field(description="Those of this list.")] = None


class ViewOut(Output):
    """A view."""

    id: str
    name: str
    page: ViewPage
    filter: str
    sort: str
    shared: bool
    owner: str
    own: bool
    """Whether it is yours."""
    version: int
    created_at: datetime
    updated_at: datetime
