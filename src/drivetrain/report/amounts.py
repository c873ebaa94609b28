"""Writes sizes, times and ages as people read them, a unit beside each number."""

from __future__ import annotations

from drivetrain.words import say


def size(amount: int | None) -> str:
    """Gives "5.2 GB": decimal units, as disks and downloads are sold."""
    if amount is None:
        return say("unknown size")
    for unit, step in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if amount >= step:
            return f"{_short(amount / step)} {unit}"
    return f"{amount} B"


def memory(amount: int | None) -> str:
    """Gives "24 GiB": binary units, as `nvidia-smi` and `free` count."""
    if amount is None:
        return say("unknown size")
    if amount >= 2**30:
        return f"{_short(amount / 2**30)} GiB"
    return f"{amount // 2**20} MiB"


def duration(seconds: float) -> str:
    """Gives "0.9 s", "42 s", "3 min 20 s"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def age(days: int) -> str:
    """Gives how long ago something was, in days."""
    if days <= 0:
        return say("today")
    return say("yesterday") if days == 1 else say("{days} days ago", days=days)


def counted(number: int) -> str:
    """Gives "1,904"."""
    return f"{number:,}"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0") if number < 100 else f"{number:.0f}"
