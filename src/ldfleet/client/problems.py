"""What can be asked about the farm's problems."""

from ldfleet.client.calls import Call, body_of, params_of, path
from ldfleet.wire.problems import AcknowledgeIn, FarmProblemOut, ProblemFilter
from ldfleet.wire.shapes import Page


def page(which: ProblemFilter | None = None) -> Call[Page[FarmProblemOut]]:
    """What is wrong now, newest first."""
    return Call(
        path=path("problems"),
        params=params_of(which or ProblemFilter()),
        read=Page[FarmProblemOut].model_validate_json,
    )


def get(problem_id: str) -> Call[FarmProblemOut]:
    """One problem, also one that is over."""
    return Call(path=path("problems", problem_id), read=FarmProblemOut.model_validate_json)


def acknowledge(problem_id: str, said: AcknowledgeIn) -> Call[FarmProblemOut]:
    """Say that somebody takes care of it."""
    return Call(
        method="POST",
        path=path("problems", problem_id, "acknowledge"),
        body=body_of(said),
        read=FarmProblemOut.model_validate_json,
    )
