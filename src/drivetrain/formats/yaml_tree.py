"""Gives a YAML text as texts, lists and tables whose texts know their line. Source: https://yaml.org/spec/1.1/.

Composed, never constructed: no tag makes an object, and `3.10` stays "3.10" instead of becoming the number 3.1.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple, Union

from drivetrain.errors import FileError
from drivetrain.words import say

LIMIT = 100_000
"""Nodes; an environment of 500 packages has 600. Aliases of aliases can multiply without end."""


class Leaf(NamedTuple):
    """A scalar as it is written."""

    text: str
    line: int


Tree = Union[Leaf, "list[Tree]", "dict[str, Tree]"]


def tree_of(text: str, name: str) -> Tree:
    """Reads YAML; raises FileError that names file and line."""
    # By name: PyYAML carries no types, and only this function needs it.
    yaml: Any = import_module("yaml")
    try:
        node = yaml.compose(text.removeprefix("\ufeff"), Loader=yaml.SafeLoader)
        return _tree(node, [0]) if node is not None else {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{name}:{mark.line + 1}" if mark is not None else name
        reason = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise FileError(say("{origin}: not valid YAML: {reason}", origin=place, reason=reason), say("mend the file at that place")) from error
    except ValueError as error:
        # No Unicode character, a number of thousands of digits: the parser lets Python's own error through.
        raise FileError(say("{origin}: not valid YAML: {reason}", origin=name, reason=error), say("mend the file at that place")) from error
    except (RecursionError, OverflowError) as error:
        raise FileError(say("{file}: its aliases repeat too much to be read", file=name), say("write the aliases out")) from error


def _tree(node: Any, count: list[int]) -> Tree:
    count[0] += 1
    if count[0] > LIMIT:
        raise OverflowError
    if node.id == "sequence":
        return [_tree(each, count) for each in node.value]
    if node.id == "mapping":
        return {key.value: _tree(value, count) for key, value in node.value if isinstance(key.value, str)}
    return Leaf(str(node.value), node.start_mark.line + 1)
