"""What a framework, or a library of NVIDIA's, opens by itself at run time: the loader's work that no linkage states."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Moment = Literal["import", "gpu"]


class Opening(Struct, frozen=True, kw_only=True):
    """Libraries that are opened one after the other, in a span of releases."""

    files: tuple[str, ...] = ()
    """Paths below site-packages, which may hold `*`; those that a release does not have are passed over."""
    sonames: tuple[str, ...] = ()
    """Names left to the loader; "{cuda}", "{cuda_minor}", "{cudnn}" stand for what the build states ("12", "12.4", "9"): without it they are passed over."""
    opener: tuple[str, ...] = ()
    """Libraries of which the first that is there calls the loader, so that its search path counts; the interpreter where none is named."""
    sought: tuple[tuple[str, str], ...] = ()
    """(folder, pattern) of files that are opened by path, sought in `folders`."""
    folders: tuple[str, ...] = ()
    """Below each site-packages, "{folder}" for the first half of a row of `sought`, "{cuda}" as above; the first that has the file is taken."""
    after_failure: bool = False
    """Whether it is done only when the opening before it failed, which is then tried again."""
    only_with: str = ""
    """A part of the path of a library that must be loaded already: "/libcudart.so"."""
    stops: bool = False
    """Whether the first of `sought` that is missing ends it."""
    adds: tuple[str, ...] = ()
    """Folders that it adds to the search of Windows' loader (`os.add_dll_directory`), below site-packages."""
    since: str = ""
    before: str = ""
    of: str = ""
    """The distribution whose version `since` and `before` speak of, without which it is not done; empty for the framework's own."""
    os: Literal["linux", "windows", "macos"] = "linux"
    family: int | None = None
    """CUDA major version of the builds that do it; None for all."""
    cuda_build: bool = False
    """Whether only builds with CUDA do it."""
    when: Moment = "import"
    """What fails without it: the import, or what computes on a GPU, whenever it is opened."""
    optional: bool = False
    """Whether the framework goes on without what is not found, and loses nothing but that library's own part."""
    sources: tuple[str, ...] = ()


class LibraryOpening(Struct, frozen=True, kw_only=True):
    """What one library opens by name when it is used, by its own search path."""

    library: str
    """Its soname, which may hold `*`."""
    sonames: tuple[str, ...]
    """In the order in which they are opened; a name with `*` stands for the one file of that pattern beside the library."""
    optional: bool = False
    sources: tuple[str, ...]
