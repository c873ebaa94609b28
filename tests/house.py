"""Reads the package's source as trees, for the tests that hold the house to its architecture: nothing is imported, so nothing can hide."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from string import Formatter
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "drivetrain"

FLOORS = {
    "errors": 0, "words": 0, "": 0,
    "model": 1,
    "catalogue": 2, "binaries": 2, "causes": 2, "formats": 2, "process": 2,
    "frameworks": 3,
    "probe": 4, "solve": 4, "install": 4, "scan": 4, "audit": 4, "diagnose": 4, "prove": 4, "report": 4, "fleet": 4,
    "workflows": 5,
    "cli": 6, "web": 6, "pytest_plugin": 6, "__main__": 7,
}  # fmt: skip
"""Floor of each room; "" is the package's own `__init__`."""

CARRIED = ("probe/gather.py", "prove/scripts/*.py", "frameworks/*/verify*.py", "frameworks/*/bench*.py")
"""Scripts that run in an interpreter that has no drivetrain."""


@dataclass(frozen=True)
class Module:
    """One module of the package."""

    path: Path

    @property
    def name(self) -> str:
        parts = self.path.relative_to(PACKAGE.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def where(self) -> str:
        return self.path.relative_to(PACKAGE).as_posix()

    @property
    def room(self) -> str:
        return room_of(self.name)

    @property
    def is_carried(self) -> bool:
        return any(self.path.relative_to(PACKAGE).match(each) for each in CARRIED)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"), str(self.path))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Every import, those inside functions too."""
        return tuple(_imports(self, self.tree, types_only=False))

    @cached_property
    def docstrings(self) -> frozenset[int]:
        """Ids of the strings that are statements of their own: docstrings, and the sentences beneath attributes."""
        return frozenset(id(node.value) for node in ast.walk(self.tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))

    def calls(self, name: str) -> Iterator[ast.Call]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and name == (node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", None)):
                yield node


@dataclass(frozen=True)
class Import:
    """One name that a module imports."""

    module: str
    name: str
    """What `from module import name` takes; empty for `import module`."""
    line: int
    types_only: bool

    @property
    def target(self) -> str:
        """The module that is meant, where `name` may be a submodule."""
        inner = f"{self.module}.{self.name}"
        return inner if inner in BY_NAME else self.module


def room_of(name: str) -> str:
    """Gives "solve" for "drivetrain.solve.aim"."""
    return ([*name.split("."), ""])[1]


def _imports(module: Module, tree: ast.AST, types_only: bool) -> Iterator[Import]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (Import(each.name, "", node.lineno, types_only) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = module.name.split(".") if module.path.name == "__init__.py" else module.name.split(".")[:-1]
            base = ".".join([*start[: len(start) - node.level + 1], *([node.module] if node.module else [])]) if node.level else node.module or ""
            yield from (Import(base, each.name, node.lineno, types_only) for each in node.names)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from (each for inner in node.body for each in _imports(module, ast.Module([inner], []), types_only=True))
            yield from (each for inner in node.orelse for each in _imports(module, ast.Module([inner], []), types_only))
        else:
            yield from _imports(module, node, types_only)


def fields_of(template: str) -> set[str]:
    """Gives the names of a template's fields: {"host"} for "no driver on {host}"; raises ValueError for a template that `str.format` refuses."""
    return {field.split(".")[0].split("[")[0] for _, field, _, _ in Formatter().parse(template) if field is not None}


CHOSEN = ("catalogue/data/scope.toml",)
"""Data that states no fact: which distributions the snapshot covers."""


@cache
def documents() -> dict[str, Any]:
    """Gives the package's data files by path, the translations and published schemas left out."""
    read = {".json": json.loads, ".toml": tomllib.loads}
    return {
        path.relative_to(PACKAGE).as_posix(): read[path.suffix](path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.*"))
        if path.suffix in read and path.parent.name != "words_zh" and "schemas" not in path.parts and path.relative_to(PACKAGE).as_posix() not in CHOSEN
    }


MODULES = tuple(Module(path) for path in sorted(PACKAGE.rglob("*.py")))
BY_NAME = {module.name: module for module in MODULES}
