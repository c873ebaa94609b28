"""`drivetrain audit` of a 12 GB environment against `python -m torch.utils.collect_env` in it: `python3 benchmarks/audit.py [PREFIX]`.

Whole processes in turn, one run: an audit that reads every library (its memory of them taken away, the files cached by the system), one that remembers
them, and PyTorch's own report. Then the processor time of reading libraries against their bytes, drawn as `audit.png`. Without PREFIX the naive environment
is made first: torch, tensorflow[and-cuda] and jax[cuda12], newest, Python 3.11, by uv, its files hard links to uv's cache.
"""

# Its users run it with the package at hand; the check of types does not have it.
# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import drivetrain, environ, peak_bytes, python, show, timed, uv

NAIVE = ("torch", "tensorflow[and-cuda]", "jax[cuda12]")
ROUNDS = 7
PICTURE = Path(__file__).with_name("audit.png")
SHARES = (0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)


def made(prefix: Path) -> Path:
    """Makes the naive environment, byte code too."""
    settings = {**environ(), "UV_LINK_MODE": "hardlink"}
    subprocess.run([uv(), "venv", "--quiet", "--python", "3.11", prefix], env=settings, check=True)
    subprocess.run([uv(), "pip", "install", "--quiet", "--compile-bytecode", "--python", prefix, *NAIVE], env=settings, check=True)
    return prefix


def audited(prefix: Path, cache: Path) -> list[str]:
    """Gives the command line of an audit that keeps its memory there."""
    return drivetrain("audit", str(prefix), "--cache-dir", str(cache))


def compared(prefix: Path, cache: Path) -> dict[str, list[float]]:
    """Gives the seconds of first audits, second ones and collect_env, in turn."""
    interpreter = prefix / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([interpreter, "-m", "compileall", "-q", prefix / "lib"], env=environ(), check=False, stdout=subprocess.DEVNULL)
    report = [str(interpreter), "-m", "torch.utils.collect_env"]
    timed(report)
    timed(audited(prefix, cache), fine=(0, 1))
    names = ("audit, the first: libraries read", "audit, the second: libraries remembered", "python -m torch.utils.collect_env")
    found: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(ROUNDS):
        shutil.rmtree(cache / "libraries", ignore_errors=True)
        found[names[0]].append(timed(audited(prefix, cache), fine=(0, 1)))
        found[names[1]].append(timed(audited(prefix, cache), fine=(0, 1)))
        found[names[2]].append(timed(report))
    return found


def grown(prefix: Path) -> list[tuple[int, float]]:
    """Gives (bytes, processor seconds) of reading growing parts of the environment's libraries, in this process and without memory."""
    from drivetrain.scan import scan
    from drivetrain.scan.libraries import reading_of

    environment = scan(prefix, libraries=True)
    site = Path(environment.site_packages)
    sizes = sorted(((each.bytes, site / each.path) for each in environment.libraries if not each.link), key=lambda row: str(row[1]))
    rows = []
    for share in SHARES:
        step = 1 / share
        part = [sizes[int(number * step)] for number in range(int(len(sizes) * share))]
        seconds = []
        for _ in range(3):
            started = time.process_time()
            for _, path in part:
                reading_of(str(path))
            seconds.append(time.process_time() - started)
        rows.append((sum(size for size, _ in part), statistics.median(seconds)))
    return rows


def slope(rows: list[tuple[int, float]]) -> float:
    """Gives the exponent of a doubly logarithmic fit: 1 is linear."""
    from math import log

    points = [(log(size), log(seconds)) for size, seconds in rows]
    middle = [statistics.mean(column) for column in zip(*points, strict=True)]
    over = sum((x - middle[0]) * (y - middle[1]) for x, y in points)
    return float(over / sum((x - middle[0]) ** 2 for x, _ in points))


def main() -> None:
    if len(sys.argv) == 3 and sys.argv[1] == "--grow":
        print(json.dumps(grown(Path(sys.argv[2]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        prefix = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else made(Path(folder, "naive"))
        cache = Path(folder, "cache")
        show(compared(prefix, cache))
        for name in ("second", "first"):
            if name == "first":
                shutil.rmtree(cache / "libraries")
            print(f"memory of the {name} audit: {peak_bytes(audited(prefix, cache), fine=(0, 1)) / 1e6:.0f} MB")
        grow = subprocess.run([python(), __file__, "--grow", prefix], capture_output=True, text=True, env=environ(), check=True)
        rows = json.loads(grow.stdout)
        for size, seconds in rows:
            print(f"{size / 1e9:6.2f} GB of libraries: {seconds:6.2f} s of processor time")
        print(f"seconds grow with bytes to the power of {slope(rows):.2f} (1 is linear)")
        Path(folder, "rows.json").write_text(json.dumps(rows), encoding="utf-8")
        drawing = [
            uv(),
            "run",
            "--quiet",
            "--no-project",
            "--with",
            "matplotlib",
            str(PICTURE.with_name("audit_drawing.py")),
            str(Path(folder, "rows.json")),
            str(PICTURE),
        ]
        subprocess.run(drawing, env=environ(), check=True)
    print(f"drawn: {PICTURE}")


if __name__ == "__main__":
    main()
