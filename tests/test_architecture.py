"""The architecture of docs/architecture.md, held by the source itself: floors, purity, names, errors, words, causes, sources."""

from __future__ import annotations

import ast
import builtins
import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from drivetrain import errors

from house import BY_NAME, FLOORS, MODULES, PACKAGE, Module, documents, fields_of, room_of

PURE = ("model", "solve", "audit", "diagnose", "report", "formats", "catalogue.relations")
IMPURE = (
    "os",
    "pathlib",
    "io",
    "shutil",
    "tempfile",
    "glob",
    "subprocess",
    "multiprocessing",
    "socket",
    "ssl",
    "http",
    "urllib.request",
    "time",
    "platform",
    "ctypes",
)
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "core", "manager", "managers", "handler", "handlers"}
NAMES_NO_FRAMEWORK = ("model", "solve", "install", "report", "cli")
FRAMEWORK = re.compile(r"(?<![a-z])(?:tensorflow|(?:py)?torch(?:vision|audio)?|jax(?:lib)?)(?![a-z])", re.IGNORECASE)
EXAMPLE = re.compile(r'\bdrivetrain [a-z].*|"[^"]+"')
"""An example in a help text: a command line to its end, or a quoted requirement."""

every_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.where)


def in_rooms(*rooms: str) -> list[Module]:
    return [each for each in MODULES if any(f"{each.name}.".startswith(f"drivetrain.{room}.") for room in rooms)]


# Floors, purity, cycles


def test_every_room_has_a_floor() -> None:
    assert {each.room for each in MODULES} <= set(FLOORS)


@every_module
def test_imports_only_from_floors_below_and_its_own_package(module: Module) -> None:
    mine = FLOORS[module.room]
    wrong = [
        f"line {each.line}: {each.target}"
        for each in module.imports
        if each.module.split(".")[0] == "drivetrain" and room_of(each.target) != module.room and FLOORS[room_of(each.target)] >= mine and room_of(each.target)
    ]
    assert not wrong, f"{module.where} stands on floor {mine}"


@pytest.mark.parametrize("module", in_rooms(*PURE), ids=lambda module: module.where)
def test_pure_rooms_touch_nothing_outside(module: Module) -> None:
    touched = [f"line {each.line}: {each.module}" for each in module.imports if any(f"{each.module}.".startswith(f"{impure}.") for impure in IMPURE)]
    touched += [f"line {call.lineno}: open()" for call in module.calls("open") if isinstance(call.func, ast.Name)]
    assert not touched


def test_no_module_imports_itself_through_others() -> None:
    edges = {name: {each.target for each in module.imports if not each.types_only and each.target in BY_NAME} - {name} for name, module in BY_NAME.items()}
    assert _cycle(edges) is None


def _cycle(edges: Mapping[str, set[str]]) -> list[str] | None:
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str] | None:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return None
        found = next((cycle for each in sorted(edges[name]) if (cycle := visit(each, [*path, name]))), None)
        done.add(name)
        return found

    return next((cycle for name in edges if (cycle := visit(name, []))), None)


@pytest.mark.parametrize("module", [each for each in MODULES if each.is_carried], ids=lambda module: module.where)
def test_carried_scripts_need_no_drivetrain(module: Module) -> None:
    assert not [each.module for each in module.imports if each.module.split(".")[0] == "drivetrain"]


# Names


@every_module
def test_modules_are_named_after_what_they_hold(module: Module) -> None:
    parts = {part for part in module.name.split(".") if part != "__main__"}
    taken = sorted(parts & (FORBIDDEN_NAMES | set(sys.stdlib_module_names)))
    assert not taken, "says nothing, or is a module of the standard library"


@every_module
def test_modules_open_with_one_sentence(module: Module) -> None:
    text = ast.get_docstring(module.tree) or ""
    assert re.match(r"\S.*?[.:;]", text, re.DOTALL), f"{module.where} has no docstring that is a sentence"


@pytest.mark.parametrize("module", in_rooms(*NAMES_NO_FRAMEWORK), ids=lambda module: module.where)
def test_what_serves_every_framework_names_none(module: Module) -> None:
    """Not as an identifier, nor in a string, except inside an example (`drivetrain plan ...`, a quoted requirement); docstrings may."""
    named = [f"line {getattr(node, 'lineno', '?')}: {text}" for node, text in _texts(module) if FRAMEWORK.search(EXAMPLE.sub("", text))]
    assert not named


def _texts(module: Module) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in module.docstrings:
            yield from ((node, line) for line in node.value.splitlines())
        for attribute in ("id", "attr", "arg", "name", "module"):
            text = getattr(node, attribute, None)
            if isinstance(text, str) and not isinstance(node, ast.Constant):
                yield node, text.replace("_", " ")


# Errors


def test_every_exception_stands_in_the_tree_of_errors() -> None:
    bases = {node.name: (module, _names(node.bases)) for module in MODULES for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)}

    def reaches(name: str, goal: str) -> bool:
        return name == goal or any(reaches(each, goal) for each in bases.get(name, (None, []))[1] if each != name)

    raised = [name for name in bases if any(reaches(name, each) for each in _BUILTIN_EXCEPTIONS)]
    foreign = [f"{bases[each][0].where}: {each}" for each in raised if not bases[each][0].is_carried and not reaches(each, "DrivetrainError")]
    assert "DrivetrainError" in raised
    assert not foreign
    assert not [each for each in raised if reaches(each, "DrivetrainError") and each not in (errors.__doc__ or "")]


_BUILTIN_EXCEPTIONS = [name for name, each in vars(builtins).items() if isinstance(each, type) and issubclass(each, BaseException)]


def _names(bases: list[ast.expr]) -> list[str]:
    return [each.id if isinstance(each, ast.Name) else each.attr if isinstance(each, ast.Attribute) else "" for each in bases]


# Words


@every_module
def test_say_takes_a_literal_and_all_of_its_fields(module: Module) -> None:
    if module.where == "words.py":
        return
    for call in module.calls("say"):
        template = call.args[0] if call.args else None
        assert isinstance(template, ast.Constant), f"line {call.lineno}: say() wants a literal"
        assert isinstance(template.value, str)
        given = {each.arg for each in call.keywords}
        assert None in given or fields_of(template.value) == given, f"line {call.lineno}: {template.value!r} is given {sorted(map(str, given))}"


@cache
def said() -> dict[str, str]:
    """Gives every template that is said, and the module that says it."""
    return {
        call.args[0].value: module.where
        for module in MODULES
        for call in module.calls("say")
        if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


@cache
def chinese() -> dict[str, dict[str, str]]:
    """Gives the translations, file by file."""
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted((PACKAGE / "words_zh").glob("*.json"))}


def test_everything_said_is_said_in_chinese_too() -> None:
    known = {template for table in chinese().values() for template in table}
    assert not {template: where for template, where in said().items() if template not in known}


@pytest.mark.parametrize("name", sorted(chinese()))
def test_translations_are_said_somewhere_and_have_the_same_fields(name: str) -> None:
    table = chinese()[name]
    assert not [template for template in table if template not in said()], "nothing says these any more"
    assert not [template for template, text in table.items() if fields_of(template) != fields_of(text)], "other fields than the English"
    assert not [template for template, text in table.items() if not text.strip()]


def test_two_files_never_translate_one_sentence_differently() -> None:
    seen: dict[str, str] = {}
    for table in chinese().values():
        assert not [template for template, text in table.items() if seen.setdefault(template, text) != text]


# Causes and facts


def causes_in_code() -> dict[str, str]:
    """Gives every slug that the code writes as `cause="..."`, `{"cause": "..."}` or `cause = "..."`, and where."""
    found: dict[str, str] = {}
    for module in MODULES:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.keyword) and node.arg == "cause":
                values: list[ast.expr | None] = [node.value]
            elif isinstance(node, ast.Dict):
                values = [value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant) and key.value == "cause"]
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                values = [node.value] if any(isinstance(each, ast.Name) and each.id in ("cause", "CAUSE") for each in targets) else []
            else:
                continue
            for each in (literal for value in values for literal in _literals(value)):
                found[each] = f"{module.where}:{node.lineno if hasattr(node, 'lineno') else '?'}"
    return found


def _literals(value: ast.expr | None) -> list[str]:
    """Gives the strings that an expression may be: `"a"`, `"a" if x else "b"`, `x or "a"`."""
    if isinstance(value, ast.IfExp):
        return _literals(value.body) + _literals(value.orelse)
    if isinstance(value, ast.BoolOp):
        return [each for inner in value.values for each in _literals(inner)]
    return [value.value] if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value else []


def causes_in_facts() -> dict[str, str]:
    """Gives every slug that a data file writes under "cause"."""

    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from [value["cause"]] if isinstance(value.get("cause"), str) else []
            yield from (each for inner in value.values() for each in walk(inner))
        elif isinstance(value, list):
            yield from (each for inner in value for each in walk(inner))

    return {cause: where for where, document in documents().items() for cause in walk(document)}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_cause_has_its_page(language: str) -> None:
    pages = {path.stem for path in (PACKAGE / "causes" / language).glob("*.md")}
    if not pages:
        pytest.skip("the causes' room holds no page yet")
    assert not {cause: where for cause, where in {**causes_in_code(), **causes_in_facts()}.items() if cause not in pages}


def test_every_page_is_written_in_both_languages() -> None:
    english, chinese_pages = ({path.name for path in (PACKAGE / "causes" / each).glob("*.md")} for each in ("en", "zh"))
    assert english == chinese_pages


@pytest.mark.parametrize("where", sorted(documents()))
def test_every_fact_has_a_source(where: str) -> None:
    """Rows are objects, or arrays whose columns the document names; they cite in full or by index into the document's own list."""
    document = documents()[where]
    if isinstance(document, dict) and str(document.get("schema", "")).startswith("drivetrain/snapshot/"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", document["as_of"]), "a snapshot's source is the index on that day"
        return
    shared = document.get("sources", []) if isinstance(document, dict) else []
    columns = document.get("columns", {}) if isinstance(document, dict) else {}
    tables = {"": document} if isinstance(document, list) else {name: rows for name, rows in document.items() if name not in ("schema", "columns", "sources")}
    unsourced = [(table, row) for table, rows in tables.items() if isinstance(rows, list) for row in rows if not _cited(row, columns.get(table, []), shared)]
    assert not unsourced[:5]


def _cited(row: Any, columns: list[str], shared: list[str]) -> bool:
    cited = row[columns.index("sources")] if isinstance(row, list) else row.get("sources", row.get("seen_in"))
    return bool(cited) and all(isinstance(each, str) or 0 <= each < len(shared) for each in cited)
