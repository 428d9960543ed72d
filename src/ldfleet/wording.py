"""What pydantic finds wrong, as a rule to follow.

Never with the value that it found, which may be secret.
"""

from collections.abc import Mapping
from typing import Any

_A_TIME = "it must be a time as 2026-11-22T12:00:00Z"
_A_LIST = "it must be a list"
_AN_OBJECT = "it must be an object"
_RULES: Mapping[str, str] = {
    "missing": "it is needed",
    "extra_forbidden": "there is no such field",
    "string_type": "it must be text",
    "string_too_short": "it must have at least {min_length} characters",
    "string_too_long": "it must have at most {max_length} characters",
    "string_pattern_mismatch": "it must fit the pattern {pattern}",
    "bool_type": "it must be true or false",
    "bool_parsing": "it must be true or false",
    "int_type": "it must be a whole number",
    "int_parsing": "it must be a whole number",
    "int_parsing_size": "it must be a whole number of a size that can be counted with",
    "int_from_float": "it must be a whole number",
    "float_type": "it must be a number",
    "float_parsing": "it must be a number",
    "finite_number": "it must be a number that has an end",
    "greater_than": "it must be more than {gt}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than": "it must be less than {lt}",
    "less_than_equal": "it must be at most {le}",
    "enum": "it must be one of {expected}",
    "literal_error": "it must be {expected}",
    "list_type": _A_LIST,
    "tuple_type": _A_LIST,
    "set_type": _A_LIST,
    "frozen_set_type": _A_LIST,
    "too_short": "it must have at least {min_length} entries",
    "too_long": "it must have at most {max_length} entries",
    "dict_type": _AN_OBJECT,
    "model_type": _AN_OBJECT,
    "model_attributes_type": _AN_OBJECT,
    "datetime_type": _A_TIME,
    "datetime_parsing": _A_TIME,
    "datetime_from_date_parsing": _A_TIME,
    "datetime_object_invalid": _A_TIME,
    "timezone_aware": f"{_A_TIME}, with its Z or offset",
    "json_invalid": "it must be JSON: {error}",
}


def rule_of(kind: str, message: str, context: Mapping[str, Any] | None = None) -> str:
    """The rule that was broken: pydantic's type of the error, its message and its context."""
    known = _RULES.get(kind)
    if known is not None:
        return known.format(**(context or {}))
    return message.removeprefix("Value error, ").replace("Input should be", "it must be")
