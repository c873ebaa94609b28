"""What is asked for: requirements, components, and how the target and the sources are chosen."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

COMPONENTS = ("python", "cuda", "cudnn", "driver")
"""Requirements that name no distribution; they match by prefix (`python==3.11` takes 3.11.7)."""


class Wish(Struct, frozen=True, kw_only=True):
    """One requirement, PEP 508 taken apart; source: the packaging specifications of the PyPA."""

    name: str
    """Normalised (PEP 503), or a component."""
    specifier: str = ""
    """">=2.6,<3", "==1.13.1+cu117"; empty for any."""
    extras: tuple[str, ...] = ()
    marker: str = ""
    url: str = ""
    """Direct or VCS reference, or local path: passed on to uv as it is."""
    text: str = ""
    """As it was typed, or as its file has it."""
    origin: str = ""
    """Empty for the command line, else "requirements.txt:12"."""
    hashes: tuple[str, ...] = ()
    index: str = ""
    """URL of the index that its file ties it to (a lock, a uv or poetry source); empty for whatever is configured."""
    editable: bool = False
    """`-e`: only of a local folder or a VCS reference."""

    @property
    def is_component(self) -> bool:
        return self.name in COMPONENTS and not self.url


class Request(Struct, frozen=True, kw_only=True):
    """Everything that a person asked for."""

    wishes: tuple[Wish, ...]
    constraints: tuple[Wish, ...] = ()
    """`-c` files and the configuration's constraints: they bind a version, they ask for nothing."""
    accelerator: Literal["auto", "cuda", "cpu"] = "auto"
    sources: Literal["auto", "index", "all"] = "auto"
    engine: Literal["auto", "pip", "conda"] = "auto"
    family: Literal["one", "any"] = "one"
    pre: bool = False
    fetch_python: bool = False
    gpus: tuple[int, ...] | None = None
    """Indices of the GPUs to plan for; None for all."""
    ruled_out: tuple[tuple[str, str], ...] = ()
    """(distribution, version) pairs that uv could not resolve with the rest of the request; ("python", "3.14") rules out a Python."""
    indexes: tuple[str, ...] = ()
    """Extra `--index URL`s."""
    find_links: tuple[str, ...] = ()
    allow_yanked: bool = False
    notes: tuple[tuple[str, str], ...] = ()
    """(cause, what is said) of lines in files that pip and uv take no notice of."""
    cuda_on_cpu: bool = False
    """Builds with CUDA count like any other on a machine that cannot use it (by default those without come before age)."""


class RequestFile(Struct, frozen=True, kw_only=True):
    """What a requirements file, pyproject, environment file or lock asks for."""

    name: str
    """The file's name as it was given."""
    kind: Literal["requirements", "pyproject", "environment", "conda-list", "pylock", "uv-lock"]
    wishes: tuple[Wish, ...] = ()
    constraints: tuple[Wish, ...] = ()
    """Versions that it binds without asking for the distribution: `-c` files, and what a lock holds beyond the project's own requirements."""
    index: str = ""
    """URL that takes the place of the configured index (`--index-url`); empty: none."""
    indexes: tuple[str, ...] = ()
    """Further index URLs (`--extra-index-url` and its kin), in their order."""
    no_index: bool = False
    find_links: tuple[str, ...] = ()
    """URLs, or folders relative to where the file's own name is relative to."""
    pre: bool = False
    channels: tuple[str, ...] = ()
    """conda channels, highest priority first."""
    accelerator: Literal["", "cpu"] = ""
    """"cpu" where the file asks for it by name (conda's `cpuonly`)."""
    no_binary: tuple[str, ...] = ()
    """Names, ":all:" or ":none:", as pip's option has them."""
    only_binary: tuple[str, ...] = ()
    require_hashes: bool = False
    notes: tuple[tuple[str, str], ...] = ()
    """(cause, warning) of those warnings that are of lines which pip and uv silently take no notice of."""
    warnings: tuple[str, ...] = ()
    """What was left out or read with a doubt; each names file and line."""
