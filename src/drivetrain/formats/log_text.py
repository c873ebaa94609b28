"""Gives a log's bytes as chunks of whole lines in UTF-8."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def chunks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Gives the same text in chunks that end where a line ends."""
    rest = b""
    for block in blocks:
        at = block.rfind(b"\n") + 1
        if at == 0:
            rest += block
            continue
        yield rest + block[:at]
        rest = block[at:]
    if rest:
        yield rest
