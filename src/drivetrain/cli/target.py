"""The flags that say for which machine: this one, one from a file, or one described; several machine files are several targets."""

from __future__ import annotations

import argparse
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from drivetrain.cli.parser import one_of
from drivetrain.cli.session import Session
from drivetrain.errors import UsageError
from drivetrain.model.machine import Machine
from drivetrain.model.request import Request
from drivetrain.words import say

SYSTEMS = ("linux", "windows", "wsl2", "macos")
ARCHITECTURES = ("x86_64", "aarch64", "arm64")
_DESCRIBING = ("os", "arch", "gpu", "driver", "glibc")


class Aim(Struct, frozen=True, kw_only=True):
    """A machine to plan for, and whether it is the one at hand."""

    machine: Machine
    name: str = ""
    """The machine file's name; empty for this machine and for a described one."""
    here: bool = True
    is_target: bool = False
    """Whether a project's file lists it: each of its targets has a plan of its own."""
    python: str = ""
    accelerator: str = ""

    def request(self, asked: Request) -> Request:
        """Gives what is asked for on this one: with the target's own Python, within what the project requires, and its accelerator."""
        from drivetrain.formats.requirements import wish_of

        python = self.python if self.python[:1] in tuple("<>=!~") else f"=={self.python}"
        wishes = (*asked.wishes, wish_of(f"python{python}")) if self.python else asked.wishes
        accelerator: Any = self.accelerator or asked.accelerator
        return replace(asked, wishes=wishes, accelerator=accelerator)


def add_target_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags that choose the machine."""
    group = parser.add_argument_group(say("the machine (default: this one)"))
    group.add_argument("--machine", metavar=say("FILE"), action="append", default=[], help=say("a machine saved by `probe --save`; repeatable"))
    group.add_argument("--os", type=one_of("--os", SYSTEMS), metavar="OS", help=" | ".join(SYSTEMS))
    group.add_argument("--arch", type=one_of("--arch", ARCHITECTURES), metavar="ARCH", help=" | ".join(ARCHITECTURES))
    group.add_argument("--gpu", metavar=say("NAME"), action="append", default=[], help=say('a GPU, "RTX 4090" or sm_89; repeatable'))
    group.add_argument("--driver", metavar=say("VERSION"), help=say("the NVIDIA driver, 550.54"))
    group.add_argument("--glibc", metavar=say("VERSION"), help=say("the C library, 2.35"))


def add_targets_flag(parser: argparse.ArgumentParser) -> None:
    """Adds the flag that names a file of targets."""
    parser.add_argument(
        "--targets", metavar=say("FILE"), help=say("plan for each target that drivetrain.toml or pyproject.toml lists; -r pyproject.toml takes its own")
    )


def add_locks_flag(parser: argparse._ArgumentGroup) -> None:
    """Adds the flag that names a folder for locks."""
    parser.add_argument("--locks", metavar=say("FOLDER"), help=say("write the lock too, pylock.toml; of several plans one each, pylock.NAME.toml"))


def project_targets(options: argparse.Namespace) -> tuple[Aim, ...]:
    """Gives the targets of the project's file: the one named, else one of `-r` that lists any; none where flags say which machine is meant."""
    from drivetrain.workflows.targets import targets_from, targets_of_project

    chosen = bool(options.machine) or is_described(options)
    if options.targets and chosen:
        raise UsageError(say("{one} and {other} contradict each other", one="--targets", other=say("the flags that choose a machine")), say("take one of them"))
    path = options.targets or (None if chosen or not options.files else targets_of_project(tuple(options.files)))
    if path is None:
        return ()
    return tuple(
        Aim(machine=each.machine, name=each.row.name, here=False, is_target=True, python=each.row.python, accelerator=each.row.accelerator)
        for each in targets_from(path)
    )


def is_described(options: argparse.Namespace) -> bool:
    """Tells whether flags describe the machine."""
    return any(getattr(options, name) for name in _DESCRIBING)


def aims_of(options: argparse.Namespace, session: Session) -> tuple[Aim, ...]:
    """Gives the machines to plan for: one, or one for each machine file; flags change what the machine has."""
    from drivetrain.workflows.machine import changed_machine, machine_from_file, this_machine

    files = tuple(options.machine)
    flags = {"os": options.os, "arch": options.arch, "gpus": tuple(options.gpu), "driver": options.driver, "glibc": options.glibc}
    if not files and options.os and options.gpu:
        # Nothing of this machine is kept, so it need not be probed.
        return (Aim(machine=changed_machine(None, **flags), here=False),)
    # Constraints of the configuration that a file was probed with bound that machine's own user, and nobody who plans for it.
    read = ((path, replace(machine_from_file(path), constraints=())) for path in files)
    found = tuple(Aim(machine=machine, name=path, here=False) for path, machine in read) or (Aim(machine=this_machine()),)
    if not is_described(options):
        return found
    return tuple(Aim(machine=changed_machine(each.machine, **flags), name=each.name, here=False) for each in found)


def one_aim(options: argparse.Namespace, session: Session) -> Aim:
    """Gives the one machine; raises UsageError for several files."""
    if len(options.machine) > 1:
        raise UsageError(
            say("--machine is given {count} times, and {command} takes one", count=len(options.machine), command=options.verb), say("plan takes several")
        )
    return aims_of(options, session)[0]


def with_interpreter(machine: Machine, options: argparse.Namespace) -> Machine:
    """Adds the interpreter that `--python PATH` names to the machine's."""
    from drivetrain.workflows.machine import asked_interpreter

    if not options.python or not is_path(options.python):
        return machine
    if machine.pythons is None:
        raise UsageError(
            say("--python {path} is an interpreter of this machine, not of the one described", path=options.python), say("give its version: --python 3.12")
        )
    return replace(machine, pythons=(asked_interpreter(options.python), *machine.pythons))


def is_path(python: str) -> bool:
    """Tells an interpreter's path from a version."""
    return not python.lstrip("=<>!~ ")[:1].isdigit()
