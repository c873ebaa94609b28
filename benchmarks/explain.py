"""`drivetrain explain` of a 100 MB training log against `grep -E` with 20 of its own patterns, and of a log of 100 lines: `python3 benchmarks/explain.py`.

Whole processes in turn, one run. The log is that of a training run that goes well: every line has to be looked at to its end by both. The 20 patterns are
drawn from the causes' pages by a fixed seed from those that are extended regular expressions too, and written to a file for `grep -f`.
Also the memory of reading 1 GB of the same.
"""

# Its users run it with the package at hand; the check of types does not have it.
# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import drivetrain, environ, peak_bytes, python, show, side_by_side

SIZE = 100_000_000
ROUNDS = 9
PATTERNS = (
    "import json; from drivetrain.causes.knowledge import knowledge as k; from drivetrain.diagnose.sheet import Sheet; print(json.dumps(Sheet(k()).patterns))"
)
NOT_EXTENDED = re.compile(r"\(\?|\\[xsSnDpQ]|[^\x00-\x7f]|\*\?|\+\?")


def training_log(path: Path, size: int) -> None:
    """Writes what a training run prints, a line per step."""
    numbers = random.Random(1)
    with path.open("w") as file:
        written = step = 0
        while written < size:
            lines = "".join(
                f"Epoch {at // 100}/50 step {at} - loss: {numbers.random():.4f} - accuracy: {numbers.random():.4f} - val_loss: 0.12 lr=0.001 | {at % 40} it/s\n"
                for at in range(step, step + 1000)
            )
            written += file.write(lines)
            step += 1000


def twenty_patterns() -> list[str]:
    """Gives 20 of the pages' patterns in grep's own writing."""
    import json

    told = subprocess.run([python(), "-I", "-c", PATTERNS], capture_output=True, text=True, env=environ(), check=True).stdout
    written = (re.sub(r"\(\?P<\w+>|\(\?:", "(", each).replace(r"\d", "[0-9]") for each in json.loads(told))
    return random.Random(20).sample([each for each in written if not NOT_EXTENDED.search(each)], 20)


def main() -> int:
    grep = shutil.which("grep")
    if grep is None:
        sys.exit("grep is not there")
    with tempfile.TemporaryDirectory() as folder:
        large, small, patterns = (Path(folder) / name for name in ("train.log", "small.log", "patterns"))
        training_log(large, SIZE)
        small.write_text("".join(large.open().readlines(9000)[:99]) + "RuntimeError: CUDA error: no kernel image is available for execution on the device\n")
        patterns.write_text("\n".join(twenty_patterns()) + "\n")
        explain = ("explain", "--no-probe", "--cache-dir", str(Path(folder) / "cache"))
        found = side_by_side(
            {
                "explain, a log of 100 lines": (drivetrain(*explain, str(small)), ""),
                "explain, 100 MB": (drivetrain(*explain, str(large)), ""),
                "grep -cE, 20 patterns, 100 MB": (["sh", "-c", 'grep -cE -f "$0" "$1" || true', str(patterns), str(large)], ""),
            },
            ROUNDS,
        )
        show(found)
        with large.open("rb") as source, (Path(folder) / "ten.log").open("wb") as file:
            content = source.read()
            for _ in range(10):
                file.write(content)
        print(f"memory of 100 MB: {peak_bytes(drivetrain(*explain, str(large))) >> 20} MB")
        print(f"memory of 1 GB: {peak_bytes(drivetrain(*explain, str(Path(folder) / 'ten.log'))) >> 20} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
