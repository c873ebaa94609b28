"""The shared libraries of an environment and of the machine around it, as the dynamic loader sees them."""

from __future__ import annotations

from msgspec import Struct, field

from drivetrain.model.binary import Linkage
from drivetrain.model.catalogue import LibraryCode
from drivetrain.model.documents import FrozenMap


class Library(Struct, frozen=True, kw_only=True):
    """One shared library, as it lies on disk."""

    path: str
    """Relative to site-packages where it lies below the prefix ("../../libcudnn.so.9" of conda), else absolute on the target; "/" between parts."""
    bytes: int
    linkage: Linkage
    """What it tells the loader."""
    code: LibraryCode | None = None
    """Its device code by target; None: it holds none, or nothing depends on which it holds (cuFFT, cuBLASLt), or nobody read it."""
    link: str = ""
    """What it is a symbolic link to, as `path`; empty for a file."""

    @property
    def name(self) -> str:
        """Its file name."""
        return self.path.rpartition("/")[2]


class Unmet(Struct, frozen=True, kw_only=True):
    """Names that a library takes of its framework or of CUDA's libraries, and that none here gives: it cannot be loaded, or breaks at the first call."""

    path: str
    """Of the library, as `Library.path`."""
    giver: str
    """What such names belong to: "torch", "tensorflow", "nccl", "cudnn" ..."""
    symbols: tuple[str, ...]
    """The first of them, as they stand in the file."""
    count: int
    asked: tuple[str, ...] = ()
    """The libraries of the giver that it needs and that are here, as `Library.path`."""
    instead: str = ""
    """One of the names as the other C++ ABI for strings spells it, where the giver has that one."""


class Folder(Struct, frozen=True, kw_only=True):
    """One folder that the loader searches outside an environment."""

    path: str
    why: str
    """"LD_LIBRARY_PATH", "default", "PATH", "CUDA_PATH"."""
    names: tuple[str, ...] = ()
    """The shared libraries in it, by file name; empty where it does not exist."""


class SystemLibraries(Struct, frozen=True, kw_only=True):
    """What the dynamic loader finds on the machine outside an environment (`ldconfig -p`, `LD_LIBRARY_PATH`, the default folders)."""

    cached: FrozenMap[str] = field(default_factory=FrozenMap)
    """Path by soname, of /etc/ld.so.cache: the entries of the environment's architecture, the first of several."""
    folders: tuple[Folder, ...] = ()
    """In the order of the search: those of the variables first, the default ones last."""
    program: str = ""
    """The interpreter's own file, which is one of `libraries`; empty where it is not known."""
    levels: tuple[str, ...] = ()
    """Folders of `glibc-hwcaps` that this processor can use, best first: "x86-64-v3"."""
    libraries: tuple[Library, ...] = ()
    """Those outside the prefix that something inside would load, and what they need in turn."""
