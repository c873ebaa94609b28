"""The flags that say what is asked for, and the request that they make."""

from __future__ import annotations

import argparse

from drivetrain.cli.emit import emit_aside
from drivetrain.cli.names import shown_frameworks
from drivetrain.cli.parser import one_of
from drivetrain.cli.session import Session
from drivetrain.cli.target import is_path
from drivetrain.errors import UsageError
from drivetrain.model.machine import Machine
from drivetrain.model.request import Request
from drivetrain.report.typed import Typed
from drivetrain.words import say

_VALUES = (
    "machine",
    "targets",
    "os",
    "arch",
    "gpu",
    "driver",
    "glibc",
    "python",
    "accelerator",
    "engine",
    "family",
    "sources",
    "gpus",
    "index",
    "find_links",
    "mirror",
    "without",
)
_SWITCHES = ("pre", "fetch_python")


def add_request_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the requirements and the flags that belong to them."""
    parser.add_argument(
        "requirements", nargs="*", metavar=say("REQUIREMENT"), help=say('a framework or any distribution, "torch>=2.6"; also python, cuda, cudnn, driver')
    )
    group = parser.add_argument_group(say("what is asked for"))
    group.add_argument(
        "-r",
        "--requirement-file",
        dest="files",
        metavar=say("FILE"),
        action="append",
        default=[],
        help=say("requirements.txt, pyproject.toml, environment.yml, pylock.toml or uv.lock; repeatable"),
    )
    group.add_argument("--without", metavar=say("NAME"), action="append", default=[], help=say("leave a requirement of those files out; repeatable"))
    group.add_argument("--python", metavar=say("VERSION|PATH"), help=say("the Python: 3.12, or an interpreter's path"))
    group.add_argument("--fetch-python", action="store_true", help=say("a Python that the machine lacks may be downloaded"))
    group.add_argument("--pre", action="store_true", help=say("pre-releases too"))
    group.add_argument(
        "--accelerator",
        type=one_of("--accelerator", ("auto", "cuda", "cpu")),
        default="auto",
        metavar="auto|cuda|cpu",
        help=say("auto: cuda where there is an NVIDIA GPU with a driver"),
    )
    group.add_argument("--gpus", metavar="0,2", help=say("plan for some of the machine's GPUs only"))
    group.add_argument(
        "--engine", type=one_of("--engine", ("auto", "pip", "conda")), default="auto", metavar="auto|pip|conda", help=say("how packages are installed")
    )
    group.add_argument(
        "--family", type=one_of("--family", ("one", "any")), default="one", metavar="one|any", help=say("one CUDA major for all, or an environment for each")
    )
    group.add_argument(
        "--sources",
        type=one_of("--sources", ("auto", "index", "all")),
        default="auto",
        metavar="auto|index|all",
        help=say("index: the configured package indexes; all: also what frameworks publish themselves"),
    )
    group.add_argument("--index", metavar="URL", action="append", default=[], help=say("one more package index; repeatable"))
    group.add_argument("--find-links", metavar=say("FOLDER|URL"), action="append", default=[], help=say("one more place of wheels; repeatable"))
    group.add_argument("--mirror", metavar=say("NAME"), action="append", default=[], help=say("an index that pip's or uv's configuration names"))
    group.add_argument("--refresh", action="store_true", help=say("ask the indexes for news first"))


def request_of(options: argparse.Namespace, machine: Machine, session: Session) -> Request:
    """Gives the request; raises UsageError where nothing, or nothing readable, is asked for."""
    from drivetrain.workflows.asking import Asked, request_from

    if not options.requirements and not options.files:
        example = f"{options.program} {options.verb} {' '.join(shown_frameworks())}"
        raise UsageError(say("nothing is asked for"), say("name what you need: {command}", command=example))
    _refuse_contradictions(options)
    request, doubts = request_from(
        Asked(
            requirements=tuple(options.requirements),
            files=tuple(options.files),
            python=python_of(options, machine),
            accelerator=options.accelerator,
            sources=options.sources,
            engine=options.engine,
            family=options.family,
            pre=options.pre,
            fetch_python=options.fetch_python,
            gpus=gpus_of(options.gpus, machine),
            indexes=(*options.index, *mirrors_of(options.mirror, machine)),
            find_links=tuple(options.find_links),
            without=tuple(options.without),
        )
    )
    for doubt in doubts:
        emit_aside(session, doubt)
    return request


def _refuse_contradictions(options: argparse.Namespace) -> None:
    """Refuses flags that cannot both hold."""
    pairs = (
        (options.offline and options.refresh, "--offline", "--refresh"),
        (options.gpus is not None and options.accelerator == "cpu", "--gpus", "--accelerator cpu"),
        (bool(options.gpu) and options.accelerator == "cpu", "--gpu", "--accelerator cpu"),
        (options.engine == "conda" and bool(options.find_links), "--engine conda", "--find-links"),
        (options.without and not options.files, "--without", say("no -r")),
    )
    for holds, one, other in pairs:
        if holds:
            raise UsageError(say("{one} and {other} contradict each other", one=one, other=other), say("take one of them"))


def python_of(options: argparse.Namespace, machine: Machine) -> str | None:
    """Gives the version that `--python` asks for; that of the interpreter where it names one."""
    if not options.python or not is_path(options.python):
        return str(options.python) if options.python else None
    return next((each.version for each in machine.pythons or () if each.source == "asked"), None)


def gpus_of(text: str | None, machine: Machine) -> tuple[int, ...] | None:
    """Reads `--gpus 0,2`; raises UsageError for a GPU that the machine has not."""
    if text is None:
        return None
    count = len(machine.nvidia_gpus)
    try:
        chosen = tuple(sorted({int(each) for each in text.split(",")}))
    except ValueError:
        raise UsageError(say("--gpus cannot be {value}", value=text or '""'), say("numbers with commas between them: --gpus 0,2")) from None
    if not chosen or chosen[0] < 0 or chosen[-1] >= count:
        known = say("it has {count} of NVIDIA, numbered from 0", count=count) if count else say("it has none of NVIDIA")
        raise UsageError(say("--gpus {value}: the machine has no such GPU", value=text), known)
    return chosen


def mirrors_of(names: list[str], machine: Machine) -> tuple[str, ...]:
    """Gives the URLs of the configured indexes whose name or host holds each name."""
    found: list[str] = []
    for name in names:
        urls = [each.name for each in machine.indexes if each.kind == "index" and name.lower() in each.name.lower()]
        if not urls:
            known = ", ".join(each.name for each in machine.indexes if each.kind == "index") or "-"
            raise UsageError(say("--mirror {name}: no configured index has that in its address", name=name), say("configured: {names}", names=known))
        found += urls
    return tuple(found)


def typed_of(options: argparse.Namespace, session: Session) -> Typed:
    """Gives what was typed, for the lines to type next."""
    flags: list[tuple[str, ...]] = [("-r", path) for path in getattr(options, "files", [])]
    for name in _VALUES:
        value = getattr(options, name, None)
        flag = "--" + name.replace("_", "-")
        if isinstance(value, list):
            flags += [(flag, each) for each in value]
        elif value and value not in ("auto", "one"):
            flags.append((flag, str(value)))
    flags += [("--" + name.replace("_", "-"),) for name in _SWITCHES if getattr(options, name, False)]
    return Typed(
        program=session.program,
        shell=session.shell,
        examples=shown_frameworks(),
        verb=options.verb if options.verb in ("add", "remove") else "up",
        requirements=tuple(getattr(options, "requirements", ())),
        flags=tuple(flags),
        prefix=getattr(options, "prefix", None) or "",
    )
