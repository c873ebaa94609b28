"""Draws what `growth.py` measured, with matplotlib, which uv fetches for it: `uv run --no-project --with matplotlib drawing.py ROWS.json growth.png`."""

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
    counts, whole, alone = ([row[column] for row in rows] for column in range(3))
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4.5))
    for axes, seconds, title in ((left, whole, "plan: judge, ground, solve"), (right, alone, "the solver alone")):
        axes.plot(counts, [each * 1000 for each in seconds], "o-", label="measured")
        axes.plot(counts, [each / counts[0] * seconds[0] * 1000 for each in counts], "--", color="grey", label="linear from the real catalogue")
        axes.set_xlabel("known releases")
        axes.set_ylabel("processor time (ms)")
        axes.set_title(title)
        axes.set_ylim(bottom=0)
        axes.legend()
        axes.grid(alpha=0.3)
    figure.suptitle("tensorflow torch jax for an RTX 4090, catalogue padded to ten times its size")
    figure.tight_layout()
    figure.savefig(sys.argv[2], dpi=110)


if __name__ == "__main__":
    main()
