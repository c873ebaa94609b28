"""Reads the targets of a project: `[[tool.drivetrain.targets]]` of pyproject.toml, or `[[targets]]` of drivetrain.toml.

    [[targets]]
    name = "train"                 # what the plans call it; os and arch where it has none
    machine = "server.json"        # a saved machine, beside this file; or a description:
    os = "linux"                   # linux, windows, wsl2, macos
    arch = "x86_64"
    gpus = ["RTX 4090"]
    driver = "560"
    glibc = "2.35"
    python = "3.12"                # with either
    accelerator = "cuda"           # auto, cuda, cpu; with either

Source: docs/machines.md of this project.
"""

from __future__ import annotations

from msgspec import Struct

from drivetrain.errors import FileError
from drivetrain.formats.toml_tree import Table, table_at, table_of
from drivetrain.words import say

_TEXTS = ("name", "machine", "os", "arch", "driver", "glibc", "python", "accelerator")
_DESCRIBING = ("os", "arch", "gpus", "driver", "glibc")
_CHOICES = {"os": ("linux", "windows", "wsl2", "macos"), "arch": ("x86_64", "aarch64", "arm64"), "accelerator": ("auto", "cuda", "cpu")}


class TargetRow(Struct, frozen=True, kw_only=True):
    """One target as its file has it."""

    name: str
    machine: str = ""
    os: str = ""
    arch: str = ""
    gpus: tuple[str, ...] = ()
    driver: str = ""
    glibc: str = ""
    python: str = ""
    accelerator: str = ""


def targets_in(text: str, name: str) -> tuple[TargetRow, ...]:
    """Gives the targets, none where the file lists none; raises FileError that names the place of a fault."""
    tables = table_of(text, name)
    own = table_at(tables, "tool", "drivetrain") if "tool" in tables or "project" in tables else tables
    listed = own.get("targets", [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise FileError(say("{file}: targets: expected an array of tables", file=name), say("write each as [[targets]]"))
    rows = tuple(_row(each, f"{name}: targets[{place}]") for place, each in enumerate(listed))
    named = [each.name for each in rows]
    if twice := next((each for each in named if named.count(each) > 1), None):
        raise FileError(say("{file}: two targets are called {name}", file=name, name=twice), say("give each a name of its own: name = ..."))
    return rows


def _row(table: Table, where: str) -> TargetRow:
    for key, value in table.items():
        _check(key, value, where)
    if "machine" in table and (described := [each for each in _DESCRIBING if each in table]):
        raise FileError(
            say("{where}: machine and {other} contradict each other", where=where, other=", ".join(described)), say("name a saved machine, or describe one")
        )
    if "machine" not in table and "os" not in table:
        raise FileError(say("{where}: neither machine nor os is named", where=where), say("os = one of: {choices}", choices=", ".join(_CHOICES["os"])))
    texts = {each: str(table[each]) for each in _TEXTS if each in table}
    gpus = table.get("gpus", [])
    texts.setdefault("name", texts.get("machine") or "-".join(filter(None, (texts.get("os"), texts.get("arch")))))
    return TargetRow(gpus=tuple([gpus] if isinstance(gpus, str) else gpus), **texts)


def _check(key: str, value: object, where: str) -> None:
    if key == "gpus":
        if not isinstance(value, str) and not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
            raise FileError(say("{where}.gpus: expected a list of names", where=where), say('for instance: gpus = ["RTX 4090"]'))
        return
    if key not in _TEXTS:
        known = ", ".join(("gpus", *_TEXTS))
        raise FileError(say("{where}: there is no key {key}", where=where, key=key), say("the keys are: {names}", names=known))
    if not isinstance(value, str):
        raise FileError(say("{where}.{key}: expected a text in quotes", where=where, key=key), say("for instance: {line}", line=f'{key} = "{value}"'))
    if key in _CHOICES and value not in _CHOICES[key]:
        raise FileError(say("{where}.{key} cannot be {value}", where=where, key=key, value=value), say("one of: {choices}", choices=", ".join(_CHOICES[key])))
