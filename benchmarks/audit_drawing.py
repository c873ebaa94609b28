"""Draws what `audit.py` measured, with matplotlib, which uv fetches for it: `uv run --no-project --with matplotlib audit_drawing.py ROWS.json audit.png`."""

# matplotlib comes with the run that draws.
# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sizes = [size / 1e9 for size, _ in rows]
    seconds = [each for _, each in rows]
    rate = sum(size * each for size, each in zip(sizes, seconds, strict=True)) / sum(size * size for size in sizes)
    figure, axes = pyplot.subplots(figsize=(6.5, 4.5))
    axes.plot(sizes, seconds, "o-", label="measured")
    axes.plot([0, *sizes], [0, *(rate * size for size in sizes)], "--", color="grey", label=f"linear: {rate:.2f} s per GB")
    axes.set_xlabel("bytes of shared libraries (GB)")
    axes.set_ylabel("processor time of reading them (s)")
    axes.set_title("audit: libraries of torch, tensorflow and jax, files cached")
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    axes.legend()
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(sys.argv[2], dpi=110)


if __name__ == "__main__":
    main()
