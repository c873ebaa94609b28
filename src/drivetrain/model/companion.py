"""What is known of a companion: a distribution whose builds hang on the release and the CUDA of a framework, beyond what its METADATA says."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Match(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What holds for some of its releases; of several rows each field is taken from the first that has it."""

    versions: str = ""
    """PEP 440 specifier of its releases; empty for all."""
    platforms: tuple[str, ...] = ()
    """Whose wheels it holds for; empty for every platform."""
    framework: str = ""
    """Specifier of the framework's releases that it works with, where its METADATA names none."""
    cuda: tuple[str, ...] = ()
    """CUDA of the framework's build that it has code for: "12" for every 12.x, "12.4" for that one, "cpu" for a build without; empty where it is not known."""
    same_index: bool = False
    """Whether it was compiled against the package index's own build of the framework and goes with no other build of that release."""
    labels: tuple[str, ...] = ()
    """Its further builds, on the framework's own wheel index: "cu126", "cpu"."""
    unlabelled: bool = False
    """Whether the files there bear no label, so that only the address of the index tells the builds apart."""
    targets: tuple[str, ...] = ()
    """Device code of the package index's wheel: "sm_80", "compute_80"."""
    capability: str = ""
    """The lowest compute capability that it works on, where a document says so."""
    without_cuda: bool = False
    """Whether the package index's wheel holds no CUDA code although others of it do."""
    sources: tuple[str, ...]


class Elsewhere(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Wheels that its makers publish outside the package index."""

    version: str = ""
    """The release; empty where the page has some release for each stack."""
    framework: str = ""
    """Specifier of the framework's releases that there are wheels for; empty where no document says it."""
    cuda: tuple[str, ...] = ()
    """CUDA of the framework's build, as in `Match`."""
    pythons: str = ""
    """Specifier of the Pythons; empty where no document says it."""
    platforms: tuple[str, ...] = ("linux-x86_64",)
    url: str
    """The page; {line} and {build} stand for the line and the build of the framework (`2.8`, `cu128`)."""
    links: bool = False
    """Whether the page is one for `--find-links`, so that a line to type can name it."""
    sources: tuple[str, ...]


class Companion(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One companion."""

    name: str
    framework: str = ""
    """The framework's name; empty for what a framework pins itself, of which only another name is to be told."""
    line_parts: int = 2
    """How many parts of a version make its line."""
    source: Literal["", "compiled", "beside", "plain"] = ""
    """What its source distributions need: "compiled" for nvcc and the framework in place, "beside" for the framework alone, "plain" for neither; empty: they
    are no way to have it."""
    compiled: Literal["", "cuda", "framework"] = ""
    """What the code in its wheels was compiled against: CUDA alone, or the framework's own interface, which binds it to the release that it was made with;
    empty where they hold none."""
    gpu_only: bool = False
    """Whether it is of no use in a stack for the CPU."""
    instead: tuple[tuple[str, str], ...] = ()
    """(operating system, name under which it is built for that one by others)."""
    successor: str = ""
    """What its makers point to, since it is no longer maintained."""
    pairs: tuple[tuple[str, str], ...] = ()
    """(specifier of its releases, specifier of the framework's) where its METADATA names none; the first that fits counts."""
    goes: tuple[Match, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    """Newest release of the framework first."""
    sources: tuple[str, ...]
