"""What decides which packages a Python sees beside the distributions themselves: its interpreter, path files, eggs, the user's own folder, conda's records."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class EnvironmentPython(Struct, frozen=True, kw_only=True):
    """The interpreter that an environment starts."""

    executable: str = ""
    """Relative to the prefix ("bin/python", "Scripts/python.exe", "python.exe"); empty where none lies there."""
    target: str = ""
    """The file that runs in the end, symbolic links followed, absolute; equal to the executable where it is no link."""
    exists: bool | None = None
    """False: the executable is a link to what is gone; None: that cannot be told from here (no executable, another system's path)."""
    home: str = ""
    """`home` of pyvenv.cfg: the folder of the Python that it was made with."""
    arch: str = ""
    """The processor that the executable is for, as `Linkage.arch` ("x86_64", "i386", "x86_64 arm64"); empty where it was not read."""
    pip: str = ""
    """The interpreter that the prefix's own `pip` names in its first line; empty where there is no such script."""
    pip_lies: Literal["here", "elsewhere", "nowhere", ""] = ""
    """Where that interpreter is: in this prefix, in another folder, gone; empty where it was not looked for (no path, Windows)."""
    made_by: Literal["uv", ""] = ""
    """"uv" where its pyvenv.cfg says so."""
    free_threaded: bool = False
    """Whether its packages lie in "python3.13t": an interpreter without the GIL."""


class Program(Struct, frozen=True, kw_only=True):
    """A script among an environment's programs, and the interpreter that its first line names."""

    path: str
    """Relative to the prefix ("bin/torchrun")."""
    interpreter: str


class Origin(Struct, frozen=True, kw_only=True):
    """The place that a virtual environment was made for."""

    folder: str = ""
    """As its own files name it; empty where none does, as in a relocatable one."""
    named_by: str = ""
    """The file that names it, relative to the prefix: "bin/activate", "pyvenv.cfg"."""
    state: Literal["here", "elsewhere", "gone", "kept", "unnamed", ""] = ""
    """Whether that is where it lies; "kept": drivetrain keeps it for that place; empty where it cannot be told from here."""
    programs: tuple[Program, ...] = ()
    """Those that start the interpreter of that folder, where it is another."""


class PathFile(Struct, frozen=True, kw_only=True):
    """A .pth file of a site-packages folder, which Python reads at every start (https://docs.python.org/3/library/site.html)."""

    path: str
    """Relative to site-packages."""
    folders: tuple[str, ...] = ()
    """What it adds to `sys.path`, in its order, as `Library.path`: relative to site-packages below the prefix, else absolute."""
    missing: tuple[str, ...] = ()
    """Folders that it names and that are not there: Python passes over them without a word."""
    code: tuple[str, ...] = ()
    """Its lines that are run ("import ...")."""
    owner: str = ""
    """The distribution whose RECORD lists it."""


class SitePackage(Struct, frozen=True, kw_only=True):
    """A distribution known by name and version alone."""

    name: str
    """Normalised (PEP 503)."""
    version: str
    path: str
    """Of its dist-info, egg-info or egg."""


class UserSite(Struct, frozen=True, kw_only=True):
    """The folder of `pip install --user` that the environment's Python would look into, on the machine that it is read on."""

    path: str
    visible: bool | None
    """Whether that Python puts it on `sys.path`, before the environment's own folder; None: that cannot be told."""
    why: Literal["venv", "PYTHONNOUSERSITE", "ENABLE_USER_SITE", ""] = ""
    """What hides it: a venv that does not show the system's packages, the variable, the interpreter's own setting; empty where nothing does."""
    installed: tuple[SitePackage, ...] = ()
    """What lies there, by name, whether it is visible or not."""


class Egg(Struct, frozen=True, kw_only=True):
    """A distribution in the form that setuptools installed before wheels (https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html)."""

    name: str
    """Normalised (PEP 503)."""
    version: str
    """Empty for an egg-link, which states none."""
    path: str
    """Relative to site-packages: "foo-1.0-py3.9.egg", "foo.egg-link"."""
    kind: Literal["folder", "zip", "link"]
    active: bool
    """Whether a path file puts it on `sys.path`: what none names is what an uninstall left behind."""
    source: str = ""
    """Of a link: the folder that it points to."""


class CondaPackage(Struct, frozen=True, kw_only=True):
    """A package as conda's own record has it (`conda list`, conda-meta/*.json)."""

    name: str
    version: str
    build: str = ""
    channel: str = ""
    """URL or name, as the record has it."""
    depends: tuple[str, ...] = ()
    """As conda writes them: "cudnn >=9.3,<10.0a0"."""
    path: str = ""
    """Of its record, relative to the prefix."""
    distribution: str = ""
    """The Python distribution that it brought, by its dist-info or egg-info; empty for other packages."""
    files: int = 0
    missing: tuple[str, ...] = ()
    """The first of its files that are not on disk or have another size, relative to the prefix."""
    missing_count: int = 0
    replaced_by: str = ""
    """The version that another installer put in the place of its distribution ("2.6.0+cu124" by pip); empty where it stands as conda left it."""
    replaced_with: str = ""
    """That installer, as INSTALLER has it."""


class LooseFolder(Struct, frozen=True, kw_only=True):
    """A folder that bears the name of a framework's package and belongs to no distribution: what an uninstall left, or a copy made by hand."""

    path: str
    """Relative to site-packages."""
    has_init: bool
    """Whether Python imports it as a package; without, it is an empty namespace that `import` finds all the same."""
