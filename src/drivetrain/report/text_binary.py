"""The screen of `drivetrain inspect`: each binary's kind, what it needs, and the GPUs that it holds code for."""

from __future__ import annotations

import re

from drivetrain.model.binary import Binaries, Binary, DeviceCode, Symbol
from drivetrain.model.dotted import dotted
from drivetrain.report.amounts import counted, size
from drivetrain.report.columns import padded, width, wrapped
from drivetrain.report.markup import styled
from drivetrain.words import say

_FORMATS = {"elf": "ELF", "pe": "PE", "macho": "Mach-O"}
_SYMBOLS = 12
"""Of each kind, unless all are asked for."""
_TARGET = re.compile(r"(\D+)(\d+)(\D*)")


def binary_screen(done: Binary | Binaries, *, verbose: bool = False) -> list[str]:
    """Gives the lines of `drivetrain inspect`; a wheel is named once, above its members."""
    several = done.binaries if isinstance(done, Binaries) else (done,)
    lines: list[str] = []
    wheel = ""
    for each in several:
        of, member = _split(each.path)
        if of and of != wheel:
            lines += [*([""] if lines else []), styled("strong", of)]
        wheel = of
        lines += [*([""] if lines else []), *_binary(each, member, verbose)]
    if len(several) > 1:
        lines += ["", say("{count} binaries, {size}", count=counted(len(several)), size=size(sum(each.bytes for each in several)))]
    return lines


def _split(path: str) -> tuple[str, str]:
    wheel, within, member = path.partition(".whl/")
    return (f"{wheel}.whl", member) if within else ("", path)


def _binary(binary: Binary, name: str, verbose: bool) -> list[str]:
    rows = [
        (say("own name"), binary.soname or ""),
        (say("needs"), ", ".join(binary.needed)),
        (say("needs later"), ", ".join(binary.delayed)),
        *_search(binary),
        (say("at least"), ", ".join(binary.needs_versions if verbose else _highest(binary.needs_versions))),
        *_code(binary.device_code, verbose),
        *((say("damaged"), styled("error", fault)) for fault in binary.faults),
    ]
    label = max(width(say("device code")), *(width(name) for name, _ in rows)) + 2
    lines = wrapped(f"{styled('strong', name)}  {_FORMATS[binary.format]} {binary.arch}, {size(binary.bytes)}", hanging=2)
    for name, text in rows:
        first, *rest = wrapped(text, 78 - label) if text else ("",)
        lines += [f"  {padded(styled('name', name), label)}{first}", *(" " * (label + 2) + each for each in rest)] if text else []
    if binary.symbols is not None:
        lines += _symbols(say("takes"), binary.symbols.imports, verbose, weak=say("may be missing")) + _symbols(say("gives"), binary.symbols.exports, verbose)
    return lines


def _symbols(label: str, symbols: tuple[Symbol, ...], verbose: bool, *, weak: str = "") -> list[str]:
    """Gives a name a line, those first that no library is stated for; a framework exports a hundred thousand."""
    ordered = sorted(symbols, key=lambda each: (each.library, each.name))
    shown = ordered if verbose else ordered[:_SYMBOLS]
    lines = [f"  {styled('name', label)}  {say('{count} symbols', count=counted(len(symbols)))}"]
    for each in shown:
        told = (each.name, f"@{each.version}" if each.version else "", f"  {each.library}" if each.library else "", f"  {weak}" if each.weak and weak else "")
        lines.append("    " + "".join(told))
    if len(symbols) > len(shown):
        lines.append("    " + say("and {count} more: --verbose", count=counted(len(symbols) - len(shown))))
    return lines


def _search(binary: Binary) -> list[tuple[str, str]]:
    """Gives a folder a line: frameworks state a dozen and more."""
    kind = f" ({binary.search_kind.upper()})" if binary.search_kind else ""
    return [(say("looks in") + kind if index == 0 else "", path) for index, path in enumerate(binary.search_path)]


def _highest(versions: tuple[str, ...]) -> list[str]:
    """Of GLIBC_2.2.5 ... GLIBC_2.27 the last decides."""
    top: dict[str, str] = {}
    for each in versions:
        name, _, number = each.rpartition("_")
        if name and number.replace(".", "").isdigit() and (name not in top or dotted(number) > dotted(top[name])):
            top[name] = number
    return [f"{name}_{number}" for name, number in top.items()] or list(versions)


def _code(codes: tuple[DeviceCode, ...], verbose: bool) -> list[tuple[str, str]]:
    """Gives kinds, targets and counts: a target with few entries has special kernels only."""
    if not codes:
        return [(say("device code"), styled("dim", say("none")))]
    kinds = {"sass": "SASS", "ptx": "PTX", "lto": "LTO"}
    groups: dict[tuple[str, str], dict[str, int]] = {}
    for each in codes:
        group = groups.setdefault((each.kind, each.section if verbose else ""), {})
        group[each.target] = group.get(each.target, 0) + each.count
    rows = []
    for (kind, section), targets in sorted(groups.items(), key=lambda item: (tuple(kinds).index(item[0][0]), item[0][1])):
        told = "  ".join(f"{target}×{count}" for target, count in sorted(targets.items(), key=lambda item: _order(item[0])))
        rows.append((kinds[kind] + (f" {section}" if section else ""), told))
    return rows


def _order(target: str) -> tuple[int, str]:
    found = _TARGET.fullmatch(target)
    return (int(found[2]), found[3]) if found else (0, target)
