"""The tree of `audit --loader`: which file each name of a framework gets, of which package, found via what; what is unremarkable is counted."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from drivetrain.model.loading import Branch, Loading
from drivetrain.report.amounts import counted
from drivetrain.report.columns import padded, width, wrapped
from drivetrain.report.markup import Style, styled
from drivetrain.words import say

_PLAIN = ("ld-linux", "libc.so", "libm.so", "libdl.so", "libpthread.so", "librt.so", "libutil.so", "libgcc_s.so", "libstdc++.so", "libpython", "libz.so")
"""The C and C++ runtimes and the interpreter, which every process has."""
_STYLES: dict[str, Style] = {"nowhere": "error", "LD_LIBRARY_PATH": "warning", "PATH": "warning"}
_DRIVER = ("libcuda.so", "libnvidia-ml.so", "nvcuda.dll")
_NAME_COLUMNS = 40


class _Row(Struct, frozen=True):
    """One line of the tree, before it is aligned."""

    start: str
    branch: Branch


def loader_screen(loading: Loading, *, verbose: bool = False) -> list[str]:
    """Gives the lines: the answer first, then the tree, what is missing, and what another order of imports changes."""
    lines = wrapped(_headline(loading), hanging=4)
    lines += ["", *(_whole(loading) if verbose else _by_package(loading))]
    for each in loading.differences:
        said = say(
            "imported after {first}, {name} is {path} {version}, alone {alone} {alone_version}",
            first=each.order[0], name=each.name, path=each.path, version=each.version, alone=each.alone, alone_version=each.alone_version,
        )  # fmt: skip
        lines += wrapped(f"{styled('warning', say('order of imports'))}  {said}", hanging=4)
    if not loading.system:
        lines += wrapped(say("this environment is another machine's: what lies outside it is not known"), hanging=4)
    return lines


def _headline(loading: Loading) -> str:
    found = [each for root in loading.tree for each in _all(root) if each.path and each.via != "loaded"]
    own = sum(1 for each in found if each.distribution)
    name = styled("strong", f"{loading.framework} {loading.version}")
    of_import = {each.name for root in loading.tree for each in _all(root) if each.via == "nowhere" and each.when == "import"}
    if loading.missing and not of_import & set(loading.missing):
        says = say("no GPU can be used: {count} of its libraries are found nowhere: {names}", count=len(loading.missing), names=", ".join(loading.missing))
        return f"{name}  {styled('warning', says)}"
    if loading.missing:
        count = len(loading.missing)
        return f"{name}  {styled('error', say('{count} of its libraries are found nowhere: {names}', count=count, names=', '.join(loading.missing)))}"
    says = say("loads {own} files of the environment and {system} of the system", own=counted(own), system=counted(len(found) - own))
    return f"{name}  {says}"


def _all(branch: Branch) -> Iterator[Branch]:
    yield branch
    for each in branch.needs:
        yield from _all(each)


def _whole(loading: Loading) -> list[str]:
    """Every answer, each with its path."""
    rows = [row for root in loading.tree for row in _rows(root, "", "")]
    return [line for row in rows for line in _lines(row, row.branch.path if row.branch.via not in ("loaded", "file") and row.branch.distribution else "")]


def _rows(branch: Branch, start: str, below: str) -> Iterator[_Row]:
    yield _Row(start, branch)
    for index, each in enumerate(branch.needs):
        last = index == len(branch.needs) - 1
        yield from _rows(each, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  "))


def _by_package(loading: Loading) -> list[str]:
    """A package's own files are one line, and what they bring of others hangs below it; the C runtimes are counted."""
    plain = {each.name for root in loading.tree for each in _all(root) if _is_plain(each) and each.path}
    roots = [each for each in loading.tree if not _is_program(each)]
    own = [each for root in roots for each in _own(root, roots[0].distribution)]
    foreign = [each for root in roots for each in _foreign(root, roots[0].distribution)]
    lines = _package(own, foreign, loading)
    driver = sorted({each.name for root in loading.tree for each in _all(root) if each.via == "nowhere" and each.name.startswith(_DRIVER)})
    lines += [say("{names}: not here; the NVIDIA driver brings it", names=", ".join(driver))] if driver else []
    return [*lines, say("and {count} of the C runtime and the interpreter; all of it: --verbose", count=len(plain))]


def _package(own: list[Branch], foreign: list[Branch], loading: Loading) -> list[str]:
    lines = [say("{name}: {count} files of its own", name=styled("name", loading.framework), count=counted(len(own)))]
    for index, each in enumerate(foreign):
        last = index == len(foreign) - 1
        inner = [one for one in _foreign_of(each) if not _is_plain(one)]
        lines += _lines(_Row("└─ " if last else "├─ ", each), "", more=len([one for one in _all(each) if one.is_of(each) and one.via != "loaded"]) - 1)
        for place, one in enumerate(inner):
            start = ("   " if last else "│  ") + ("└─ " if place == len(inner) - 1 else "├─ ")
            lines += _lines(_Row(start, one), "")
    return lines


def _own(branch: Branch, package: str) -> Iterator[Branch]:
    if branch.path and branch.via != "loaded" and branch.distribution == package:
        yield branch
    for each in branch.needs:
        yield from _own(each, package)


def _foreign(branch: Branch, package: str) -> Iterator[Branch]:
    """What the package's files bring in that is of others."""
    if branch.distribution == package or _is_program(branch):
        for each in branch.needs:
            yield from _foreign(each, package)
    elif branch.via != "loaded" and not _is_plain(branch) and not branch.name.startswith(_DRIVER):
        yield branch


def _foreign_of(branch: Branch) -> Iterator[Branch]:
    for each in branch.needs:
        if each.is_of(branch):
            yield from _foreign_of(each)
        elif each.via != "loaded" and not each.name.startswith(_DRIVER):
            yield each


def _is_plain(branch: Branch) -> bool:
    return branch.name.startswith(_PLAIN) and not branch.distribution and branch.via not in ("nowhere", "LD_LIBRARY_PATH")


def _is_program(branch: Branch) -> bool:
    return branch.via == "file" and not branch.distribution and not branch.opened


def _lines(row: _Row, path: str, more: int = 0) -> list[str]:
    one = row.branch
    name = one.name.replace("\\", "/").rpartition("/")[2] if one.via == "file" else one.name
    of = f"{one.distribution} {one.version}".strip() or (one.path if one.path.startswith("/") else "")
    of += " " + say("+{count} beside it", count=more) if more > 0 else ""
    style = _STYLES.get(one.via, "dim")
    said = "  ".join(filter(None, (of, path, styled(style, _via(one)))))
    start = padded(row.start + name, max(_NAME_COLUMNS, width(row.start + name) + 2))
    return [f"{start}{said}"]


def _via(one: Branch) -> str:
    of = one.of.rpartition("/")[2]
    optional = say("not found, and not needed") if one.optional else say("not found")
    if one.name.startswith(_DRIVER):
        optional = say("not found: the driver brings it")
    told = {
        "file": say("opened by path"),
        "rpath": say("RPATH of {name}", name=of),
        "runpath": say("RUNPATH of {name}", name=of),
        "LD_LIBRARY_PATH": f"LD_LIBRARY_PATH: {one.path.rpartition('/')[0]}",
        "cache": "ld.so.cache",
        "default": say("default folder"),
        "folder": say("folder searched for DLLs"),
        "PATH": f"PATH: {one.path.rpartition('/')[0]}",
        "loaded": say("already loaded"),
        "nowhere": optional,
        "unknown": say("of the system: not known from here"),
    }
    return told[one.via]
