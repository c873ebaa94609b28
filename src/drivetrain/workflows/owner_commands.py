"""The commands that make changes in an environment that is not ours, as its owner would type them: of conda, uv or pip, whichever installed it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from drivetrain.model.environment import Environment
from drivetrain.model.fixing import Difference
from drivetrain.model.lock import Lock
from drivetrain.report.shell import Shell, command_line
from drivetrain.workflows.conda_owned import owned_by_conda, put_back


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
    first: tuple[str, ...] = ()
    """Lines that come before all of them."""

    @property
    def python(self) -> str:
        prefix, own = self.prefix.rstrip("/\\"), self.environment.interpreter
        usual = "python.exe" if self.environment.kind == "conda" else "Scripts/python.exe"
        executable = own.executable if own is not None and own.executable else usual if self.windows else "bin/python"
        return f"{prefix}\\{executable}".replace("/", "\\") if self.windows else f"{prefix}/{executable}"


def commands_for(changes: tuple[Difference, ...], again: tuple[str, ...], hand: Hand) -> tuple[str, ...]:
    """Gives the commands that make the changes and install again what is to be, what conda installed with conda."""
    owned = owned_by_conda(hand.environment)
    gone = [each.name for each in changes if each.after is None]
    coming = {name: version for name, version in versions_coming(changes, again, hand.environment).items() if name not in owned}
    back = [name for name in again if name in owned]
    lines = [command_line(put_back(hand.environment, back), hand.shell)] if back else []
    uv = sum(each.installer == "uv" for each in hand.environment.installed) > sum(each.installer == "pip" for each in hand.environment.installed)
    return (*hand.first, *lines, *(_uv(gone, coming, again, hand) if uv else _pip(gone, coming, again, hand)))


def versions_coming(changes: tuple[Difference, ...], again: Iterable[str], environment: Environment) -> dict[str, str]:
    """Gives the version of each distribution that is installed: another than now, or the same again."""
    versions = {each.name: each.version for each in environment.installed}
    after = {each.name: each.after for each in changes}
    coming = {name: version for name, version in after.items() if version}
    return {**coming, **{name: versions[name] for name in again if name in versions and name not in after}}


def _uv(gone: list[str], coming: dict[str, str], again: tuple[str, ...], hand: Hand) -> list[str]:
    """Of what is there twice uv takes both away, whether it goes or is installed again."""
    python = ("--python", hand.python)
    lines = [command_line(("uv", "pip", "uninstall", *python, *gone), hand.shell)] if gone else []
    flags = [word for name in again if name in coming for word in ("--reinstall-package", name)] + [word for each in hand.indexes for word in ("--index", each)]
    flags += [word for each in hand.links for word in ("--find-links", each)]
    pins = list(_pins(coming, again, hand.environment).values())
    return lines + ([command_line(("uv", "pip", "install", *python, *flags, *pins), hand.shell)] if pins else [])


def _pip(gone: list[str], coming: dict[str, str], again: tuple[str, ...], hand: Hand) -> list[str]:
    """Of what is there twice pip takes one away at a time."""
    pip = (hand.python, "-m", "pip")
    indexes = [word for each in hand.indexes for word in ("--extra-index-url", each)] + [word for each in hand.links for word in ("--find-links", each)]
    versions = {each.name: each.version for each in hand.environment.installed}
    times = Counter(each.name for each in hand.environment.installed)
    doubled = [name for name in coming if times[name] > 1]
    away = [*gone, *doubled]
    lines = []
    while away:
        lines.append(command_line((*pip, "uninstall", "--yes", *away), hand.shell))
        times.subtract(away)
        away = [name for name in away if times[name] > 0]
    # What is there in that version pip leaves alone, unless it is told to put it in again.
    repeated = [name for name in again if name in coming and name not in doubled and versions.get(name) == coming[name]]
    pins = _pins(coming, again, hand.environment)
    if new := [pin for name, pin in pins.items() if name not in repeated]:
        lines.append(command_line((*pip, "install", *indexes, *new), hand.shell))
    if repeated:
        lines.append(command_line((*pip, "install", "--force-reinstall", "--no-deps", *indexes, *(pins[name] for name in repeated)), hand.shell))
    return lines


def _pins(coming: dict[str, str], again: tuple[str, ...], environment: Environment) -> dict[str, str]:
    """Gives what is typed for each; what came from a file or a repository comes from there again."""
    urls = {each.name: each.url for each in environment.installed if each.url and each.name in again and coming.get(each.name) == each.version}
    return {name: f"{name} @ {urls[name]}" if name in urls else f"{name}=={version}" for name, version in coming.items()}


def places_of(coming: Mapping[str, str], lock: Lock | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Gives the indexes and the folders of wheels that an owner's command must name to install these versions.

    Only a build with a local version lies where no installer looks by itself. uv reads no configuration of pip, so the folder is named wherever it stands.
    """
    from drivetrain.formats.toml_tree import table_of

    local = {name for name, version in coming.items() if "+" in version}
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
