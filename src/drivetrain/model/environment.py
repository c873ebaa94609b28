"""What an environment holds, as read from disk without importing anything from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal

from msgspec import Struct

from drivetrain.model.documents import FrozenMap
from drivetrain.model.library import Library, SystemLibraries, Unmet
from drivetrain.model.site_folder import CondaPackage, Egg, EnvironmentPython, LooseFolder, Origin, PathFile, UserSite


class OwnedFile(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """One line of a RECORD, and what lies on disk in its place."""

    path: str
    """Relative to site-packages, "/" between parts."""
    sha256: str | None
    """As RECORD has it, urlsafe base64 without padding; None where RECORD gives none."""
    size_bytes: int | None


class DiskFile(Struct, frozen=True, kw_only=True):
    """A file that several wheels own, as it lies on disk."""

    path: str
    size_bytes: int | None
    """None: missing."""
    sha256: str | None
    """Urlsafe base64 as in RECORD; None where sizes alone decide or the file is missing."""


class Installed(Struct, frozen=True, kw_only=True):
    """One distribution of an environment."""

    name: str
    """Normalised (PEP 503)."""
    version: str
    path: str
    """Of its dist-info, egg-info, egg, egg-link or conda-meta entry, relative to site-packages."""
    requires: tuple[str, ...] = ()
    """Requires-Dist lines as METADATA has them."""
    extras: tuple[str, ...] = ()
    """Provides-Extra."""
    requested: bool = False
    """Whether a REQUESTED file lies in its dist-info."""
    installer: str = ""
    url: str = ""
    """Where it came from when that was no index (direct_url.json, PEP 610), as a requirement names it; empty otherwise."""
    editable: bool = False
    tags: tuple[str, ...] = ()
    """Wheel tags of its WHEEL file."""
    files: Sequence[OwnedFile] = ()
    missing: int = 0
    """Files of RECORD that are not on disk or have another size, those that two wheels own left out."""
    damaged: tuple[DiskFile, ...] = ()
    """The first of those, as they lie on disk."""
    build: str = ""
    """Build string of a conda package ("cpu_generic_py311_0"); empty for wheels."""


class BuildFacts(Struct, frozen=True, kw_only=True):
    """What a framework's own files say of its build (torch/version.py, tensorflow's build_info.py), read as text."""

    distribution: str
    cuda: str | None = None
    cudnn: str | None = None
    is_cuda_build: bool | None = None
    source: str = ""


Claim = tuple[Installed, OwnedFile]
"""A distribution, and its line for a file."""


class Environment(Struct, frozen=True, kw_only=True, dict=True):
    """One environment."""

    prefix: str
    kind: Literal["venv", "conda", "system", "folder"] = "venv"
    platform: Literal["linux", "windows", "macos"] = "linux"
    python: str | None = None
    site_packages: str = ""
    installed: tuple[Installed, ...] = ()
    builds: tuple[BuildFacts, ...] = ()
    shared_files: tuple[DiskFile, ...] = ()
    """Every file that two or more distributions own, as it lies on disk."""
    listed: FrozenMap[tuple[tuple[str, OwnedFile], ...]] | None = None
    """Each shared library and each file that several distributions own, with the entries and the lines of those who list it; None: nobody gathered them."""
    interpreter: EnvironmentPython | None = None
    """The Python that it starts; None for a plain folder, which has none of its own."""
    origin: Origin | None = None
    """The place that it was made for; None for what is no virtual environment."""
    path_files: tuple[PathFile, ...] = ()
    """Every .pth file of its site-packages folders, in the order in which Python reads them."""
    customised: tuple[str, ...] = ()
    """Every `sitecustomize` and `usercustomize`, which run at each start, relative to site-packages."""
    user_site: UserSite | None = None
    """None where there is no such folder, or the environment is another machine's."""
    eggs: tuple[Egg, ...] = ()
    """Those that a path file names are among `installed` too."""
    conda: tuple[CondaPackage, ...] = ()
    """Every package of conda-meta, by name."""
    root: str = ""
    """The folder that stands for "/" of the system that it belongs to (`audit --root`): paths outside the prefix are absolute below it."""
    leftovers: tuple[str, ...] = ()
    """Folders that a broken uninstall left ("~umpy")."""
    loose: tuple[LooseFolder, ...] = ()
    """Folders named like a framework's package that no RECORD lists a file of; none where not every distribution has a RECORD."""
    inherits: bool = False
    """Whether packages from outside are visible too (`include-system-site-packages`)."""
    requirements: tuple[str, ...] = ()
    """What its owner asked for, where drivetrain's own record of it is there."""
    requirements_from: str = ""
    """The file that `requirements` were read from, relative to the prefix."""
    accelerator: str | None = None
    """The accelerator that drivetrain's own record of it was planned for ("cuda", "cpu")."""
    gpus: tuple[int, ...] | None = None
    """Indices of the GPUs that drivetrain's own record of it was planned for; None for all."""
    libraries: tuple[Library, ...] = ()
    """Every shared library below the prefix, by path."""
    unmet: tuple[Unmet, ...] | None = None
    """Names that these leave undefined and none of them gives; None: they were not read."""
    system: SystemLibraries | None = None
    """What the loader finds outside the prefix; None where the environment is another machine's."""
    notes: tuple[str, ...] = ()
    """What could not be read while scanning: file and reason."""
    binaries: int = 0
    bytes: int = 0

    def distribution(self, name: str) -> Installed | None:
        return next((each for each in self.installed if each.name == name), None)

    def key(self, path: str) -> str:
        """Gives what a path is compared by: Windows knows no case."""
        return path.lower() if self.platform == "windows" else path

    @cached_property
    def claims(self) -> Mapping[str, tuple[Claim, ...]]:
        """Who lists a file, by the key of its path: of every shared library at least, and of every file that several distributions own."""
        if self.listed is not None:
            entries = {one.path: one for one in self.installed}
            return {path: tuple((entries[entry], line) for entry, line in rows if entry in entries) for path, rows in self.listed.items()}
        found: dict[str, tuple[Claim, ...]] = {}
        for one in self.installed:
            for each in one.files:
                key = self.key(each.path)
                found[key] = (*found.get(key, ()), (one, each))
        return found

    def lists(self, one: Installed, path: str) -> bool:
        """Tells whether a distribution's RECORD has a shared library."""
        return any((owner.name, owner.path) == (one.name, one.path) for owner, _ in self.claims.get(self.key(path), ()))
