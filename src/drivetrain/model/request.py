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
    """(distribution, version) pairs that uv could not resolve with the rest of the request."""
    indexes: tuple[str, ...] = ()
    """Extra `--index URL`s."""
    find_links: tuple[str, ...] = ()
    allow_yanked: bool = False
