"""What becomes of each distribution between an environment and a plan, how large that is, and how its owner would type it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from drivetrain.model.environment import Environment
from drivetrain.model.fixing import Difference
from drivetrain.model.lock import Lock
from drivetrain.model.plan import Plan
from drivetrain.report.shell import Shell, command_line


class Extent(Struct, frozen=True, kw_only=True):
    """How large a change is."""

    count: int
    """Distributions more than now; negative: fewer."""
    bytes: int | None = None
    download_bytes: int | None = None


def differences(environment: Environment, plan: Plan, lock: Lock | None) -> tuple[Difference, ...]:
    """Gives what changes of the distributions: those that were asked for first; without a lock only what the plan names."""
    from drivetrain.formats.dist_info import normalised
    from drivetrain.formats.toml_tree import table_of

    # What conda installs beside Python's own distributions has no counterpart in a lock.
    old = {each.name: each.version for each in environment.installed if not each.path.startswith("conda-meta")}
    if lock is not None:
        packages = table_of(lock.text, lock.path).get("packages", [])
        new = {normalised(str(each["name"])): str(each.get("version") or "") for each in packages}
    else:
        new = old | {each.name: f"{each.version}+{each.local}" if each.local else each.version for each in plan.packages}
    names = [each for each in dict.fromkeys((*new, *old)) if not same(old.get(each), new.get(each))]
    asked = {each.name: at for at, each in enumerate(plan.packages) if each.requested}
    order = sorted(names, key=lambda name: (asked.get(name, len(asked)), name))
    return tuple(Difference(name=name, before=old.get(name), after=new.get(name)) for name in order)


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


def extent_of(environment: Environment, changes: tuple[Difference, ...], lock: Lock | None) -> Extent:
    """Gives how large the changes are: of what goes by RECORD, of what comes in by its download; another version counts like the one that is here."""
    size = {each.name: sum(file.size_bytes or 0 for file in each.files) for each in environment.installed}
    count = sum((each.before is None) - (each.after is None) for each in changes)
    if lock is None:
        return Extent(count=count)
    wheels = {each.name: each.bytes or 0 for each in lock.artifacts}
    coming = [each.name for each in changes if each.after is not None]
    more = sum(wheels.get(each.name, 0) for each in changes if each.before is None) - sum(size.get(each.name, 0) for each in changes if each.after is None)
    return Extent(count=count, bytes=more, download_bytes=sum(wheels.get(name, 0) for name in coming))


def places_of(changes: tuple[Difference, ...], lock: Lock | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Gives the indexes and the folders of wheels that an owner's command must name: only a build with a local version lies where no installer looks by itself.

    uv reads no configuration of pip, so the folder is named wherever it stands.
    """
    from drivetrain.formats.toml_tree import table_of

    local = {each.name for each in changes if each.after and "+" in each.after}
    packages = table_of(lock.text, lock.path).get("packages", []) if lock is not None else []
    mine = [each for each in packages if each["name"] in local]
    indexes = dict.fromkeys(str(each["index"]) for each in mine if each.get("index"))
    wheels = (wheel for each in mine if not each.get("index") for wheel in each.get("wheels", ()))
    links = dict.fromkeys(folder for wheel in wheels if (folder := _folder_of(str(wheel.get("url", "")))))
    return tuple(indexes), tuple(links)


def _folder_of(url: str) -> str:
    """Gives the folder of a file URL, "" for another."""
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(url)
    folder = unquote(parts.path).rpartition("/")[0] if parts.scheme == "file" else ""
    return folder[1:] if folder[2:3] == ":" else folder


def sharers(environment: Environment, gone: Iterable[str]) -> tuple[str, ...]:
    """Gives what shares files with distributions that go: uninstalling these takes the files along, so the others are installed again."""
    names = set(gone)
    shared = {each.path for each in environment.shared_files}
    taken = {file.path for each in environment.installed if each.name in names for file in each.files} & shared
    return tuple(each.name for each in environment.installed if each.name not in names and taken and any(file.path in taken for file in each.files))


class Hand(Struct, frozen=True, kw_only=True):
    """How an environment that is not ours is changed by its owner."""

    prefix: str
    environment: Environment
    shell: Shell = "posix"
    indexes: tuple[str, ...] = ()
    """URLs of indexes beside the configured one that the new versions come from."""
    links: tuple[str, ...] = ()
    """Folders of wheels, likewise."""
    windows: bool = False

    @property
    def python(self) -> str:
        prefix = self.prefix.rstrip("/\\")
        return f"{prefix}\\Scripts\\python.exe" if self.windows else f"{prefix}/bin/python"


def commands_for(changes: tuple[Difference, ...], again: tuple[str, ...], hand: Hand) -> tuple[str, ...]:
    """Gives the commands that make the changes: conda's for what conda installed, those of the installer seen for the rest."""
    gone = tuple(each.name for each in changes if each.after is None)
    versions = {each.name: each.version for each in hand.environment.installed}
    repeated = dict.fromkeys((*again, *sharers(hand.environment, (each.name for each in changes if each.before is not None))))
    after = {each.name: each.after for each in changes if each.after}
    coming = {**after, **{name: versions[name] for name in repeated if name in versions and name not in after and name not in gone}}
    conda = {each.name for each in hand.environment.installed if each.path.startswith("conda-meta") or each.installer == "conda"}
    lines = _conda(conda, gone, coming, hand)
    rest = [name for name in gone if name not in conda]
    new = {name: version for name, version in coming.items() if name not in conda}
    uv = sum(each.installer == "uv" for each in hand.environment.installed) > sum(each.installer == "pip" for each in hand.environment.installed)
    return (*lines, *(_uv(rest, new, tuple(repeated), hand) if uv else _pip(rest, new, tuple(repeated), hand)))


def _conda(conda: set[str], gone: tuple[str, ...], coming: dict[str, str], hand: Hand) -> list[str]:
    mine, new = [each for each in gone if each in conda], [f"{name}={version}" for name, version in coming.items() if name in conda]
    lines = [command_line(("conda", "remove", "--prefix", hand.prefix, *mine), hand.shell)] if mine else []
    return lines + ([command_line(("conda", "install", "--prefix", hand.prefix, *new), hand.shell)] if new else [])


def _uv(gone: list[str], coming: dict[str, str], again: tuple[str, ...], hand: Hand) -> list[str]:
    python = ("--python", hand.python)
    lines = [command_line(("uv", "pip", "uninstall", *python, *gone), hand.shell)] if gone else []
    flags = [word for name in again if name in coming for word in ("--reinstall-package", name)] + [word for each in hand.indexes for word in ("--index", each)]
    flags += [word for each in hand.links for word in ("--find-links", each)]
    pins = [f"{name}=={version}" for name, version in coming.items()]
    return lines + ([command_line(("uv", "pip", "install", *python, *flags, *pins), hand.shell)] if pins else [])


def _pip(gone: list[str], coming: dict[str, str], again: tuple[str, ...], hand: Hand) -> list[str]:
    pip = (hand.python, "-m", "pip")
    indexes = [word for each in hand.indexes for word in ("--extra-index-url", each)] + [word for each in hand.links for word in ("--find-links", each)]
    lines = [command_line((*pip, "uninstall", "--yes", *gone), hand.shell)] if gone else []
    pins = {name: f"{name}=={version}" for name, version in coming.items()}
    if pins:
        lines.append(command_line((*pip, "install", *indexes, *pins.values()), hand.shell))
    repeated = [pins[name] for name in again if name in pins]
    if repeated:
        lines.append(command_line((*pip, "install", "--force-reinstall", "--no-deps", *indexes, *repeated), hand.shell))
    return lines
