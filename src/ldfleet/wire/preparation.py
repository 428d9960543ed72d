"""The script that prepares a PC."""

from typing import Annotated

from pydantic import Field

from ldfleet.domain.preparation import Rights
from ldfleet.wire.shapes import Input, Output

Address = Annotated[str, Field(min_length=1, max_length=45)]


class PrepareIn(Input):
    """What the PC is to be prepared for. With `undo` all else means nothing."""

    servers: Annotated[
        tuple[Address, ...],
        Field(max_length=16, description="IP addresses that the PC lets in, and no others."),
    ] = ()
    user: Annotated[
        str, Field(min_length=1, max_length=20, description="The account; made where it is not.")
    ] = "ldops"
    rights: Rights = Rights.ADMIN
    ssh: Annotated[bool, Field(description="An OpenSSH server too.")] = False
    undo: Annotated[
        bool, Field(description="The script that takes back what an earlier one did.")
    ] = False


class PreparationOut(Output):
    """A PowerShell script without secrets, to be run on the PC by an administrator."""

    file_name: str
    script: str
