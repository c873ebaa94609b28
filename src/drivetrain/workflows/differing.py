"""What becomes of each distribution between an environment and a plan, what is installed again beside that, and how large it all is."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from drivetrain.model.environment import Environment
from drivetrain.model.fixing import Difference
from drivetrain.model.lock import Lock
from drivetrain.model.plan import Plan


class Extent(Struct, frozen=True, kw_only=True):
    """How large a change is."""

    count: int
    """Distributions more than now; negative: fewer."""
    bytes: int | None = None
    download_bytes: int | None = None


def differences(environment: Environment, plan: Plan, lock: Lock | None, staying: frozenset[str] = frozenset()) -> tuple[Difference, ...]:
    """Gives what changes of the distributions: those that were asked for first; without a lock only what the plan names, and nothing of what stays anyway."""
    # What conda installs beside Python's own distributions has no counterpart in a lock.
    old = {each.name: each.version for each in environment.installed if not each.path.startswith("conda-meta")}
    if lock is not None:
        new = versions_in(lock) | {name: version for name, version in old.items() if name in staying}
    else:
        new = old | {each.name: f"{each.version}+{each.local}" if each.local else each.version for each in plan.packages}
    names = [each for each in dict.fromkeys((*new, *old)) if not same(old.get(each), new.get(each))]
    asked = {each.name: at for at, each in enumerate(plan.packages) if each.requested}
    order = sorted(names, key=lambda name: (asked.get(name, len(asked)), name))
    return tuple(Difference(name=name, before=old.get(name), after=new.get(name)) for name in order)


def versions_in(lock: Lock) -> dict[str, str]:
    """Gives what a lock installs, by name; a folder or an archive is locked without a version."""
    from drivetrain.formats.dist_info import normalised
    from drivetrain.formats.toml_tree import table_of

    return {normalised(str(each["name"])): str(each.get("version") or "") for each in table_of(lock.text, lock.path).get("packages", [])}


def staying_in(environment: Environment, locked: Iterable[str], dropped: frozenset[str]) -> frozenset[str]:
    """Gives what stays although no plan has it, where changes are typed into an environment: what nothing requires, as pip itself, and what that requires.

    No mark tells that it was asked for (conda and an old pip leave none), and nothing tells that it may go. CUDA's libraries follow the plan. What conda
    installed stays whatever the plan of the rest has in its place.
    """
    from drivetrain.catalogue.families import family_of, is_cuda_library
    from drivetrain.formats.requirements import readable_wishes
    from drivetrain.workflows.conda_owned import owned_by_conda
    from drivetrain.workflows.inferring import needed_in

    here, needed = {each.name: each for each in environment.installed}, needed_in(environment)
    followers = {name for name, each in here.items() if is_cuda_library(name) or family_of(name, each.version)}
    owned = owned_by_conda(environment)
    out = {*locked, *dropped, *followers} - owned.keys()
    waiting = [name for name in here if name not in out and (name not in needed or name in owned)]
    staying: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in here and name not in staying and name not in out:
            staying.add(name)
            waiting += [wish.name for text, wish in readable_wishes(here[name].requires) if "extra" not in text]
    return frozenset(staying)


def brings_cuda(changes: tuple[Difference, ...]) -> bool:
    """Tells whether CUDA libraries or a plug-in for CUDA come in: a build for the GPU can be the same release with these beside it."""
    from drivetrain.catalogue.families import family_of, is_cuda_library

    return any(each.before is None and each.after is not None and bool(is_cuda_library(each.name) or family_of(each.name, each.after)) for each in changes)


def same(one: str | None, other: str | None) -> bool:
    """Tells whether two versions are one; a folder or archive is locked without a version."""
    from packaging.version import InvalidVersion, Version

    if one is None or other is None or one == other:
        return one == other
    try:
        return not other or Version(one) == Version(other)
    except InvalidVersion:
        return False


def extent_of(environment: Environment, changes: tuple[Difference, ...], again: Iterable[str], lock: Lock | None) -> Extent:
    """Gives how large the changes are: of what goes by RECORD, of what comes in by its download; another version counts like the one that is here.

    What is installed again in its own version takes no more room, and is fetched where no cache has it.
    """
    size = {each.name: sum(file.size_bytes or 0 for file in each.files) for each in environment.installed}
    count = sum((each.before is None) - (each.after is None) for each in changes)
    if lock is None:
        return Extent(count=count)
    wheels = {each.name: each.bytes or 0 for each in lock.artifacts}
    coming = dict.fromkeys((*(each.name for each in changes if each.after is not None), *again))
    more = sum(wheels.get(each.name, 0) for each in changes if each.before is None) - sum(size.get(each.name, 0) for each in changes if each.after is None)
    return Extent(count=count, bytes=more, download_bytes=sum(wheels.get(name, 0) for name in coming))


def sharers(environment: Environment, gone: Iterable[str]) -> tuple[str, ...]:
    """Gives what shares files with distributions that go: uninstalling these takes the files along, so the others are installed again."""
    names = set(gone)
    shared = {each.path for each in environment.shared_files}
    taken = {file.path for each in environment.installed if each.name in names for file in each.files} & shared
    return tuple(each.name for each in environment.installed if each.name not in names and taken and any(file.path in taken for file in each.files))
