"""A reader under test: any bytes go in, and a value or the one error that it names comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
OWN, OVER_A_LIBRARY = 1_000_000, 100_000


@dataclass(frozen=True)
class Target:
    """One reader."""

    name: str
    read: Callable[[bytes], object]
    promised: int
    """How many mutated inputs it survives: more where all of the code is ours."""
    words: tuple[bytes, ...] = ()
    """What its format is made of."""

    def corpus(self) -> list[bytes]:
        """Gives its small files, those that once broke it among them."""
        return [path.read_bytes() for path in sorted((CORPUS / self.name).iterdir())]
