"""How planning grows with the number of known releases: `python3 benchmarks/growth.py`, which also draws `growth.png`.

The catalogue is padded with releases that never were, between the real ones: up to ten times as many of every distribution. What a plan takes is counted in
processor time, in one process, the median of several plans: reading the snapshot is not part of it, judging, grounding and solving are.
"""

# Its users run it with the package at hand; the check of types does not have it.
# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FACTORS = (1, 2, 3, 4, 6, 8, 10)
ROUNDS = 5
PICTURE = Path(__file__).with_name("growth.png")


def padded(factor: int):  # type: ignore[no-untyped-def]
    """Gives the shipped catalogue with so many times the releases: each gets post-releases that require what it requires."""
    import msgspec

    from drivetrain.catalogue.held import HeldSnapshot
    from drivetrain.frameworks import catalogue
    from drivetrain.model.catalogue import Snapshot

    facts = catalogue()
    distributions = []
    for each in facts.snapshot.distributions:
        releases = []
        for release in each.releases:
            plain = "post" not in release.version and "dev" not in release.version and "+" not in release.version
            more = range(factor - 1, 0, -1) if plain else ()
            releases += [msgspec.structs.replace(release, version=f"{release.version}.post{900 + number}") for number in more]
            releases.append(release)
        distributions.append(msgspec.structs.replace(each, releases=tuple(releases)))
    snapshot = Snapshot(as_of=facts.as_of, distributions=tuple(distributions), markers=facts.snapshot.markers)
    return facts.with_snapshot(HeldSnapshot.of(snapshot)), sum(len(each.releases) for each in distributions)


def measured() -> list[tuple[int, float, float]]:
    """Gives (releases, seconds of a plan, seconds of the solver alone) per factor."""
    from drivetrain.formats.requirements import wish_of
    from drivetrain.model.request import Request
    from drivetrain.probe import described
    from drivetrain.solve import optimum, solve

    machine = described(os="linux", gpus=("RTX 4090",), driver="560")
    request = Request(wishes=tuple(map(wish_of, ("tensorflow", "torch", "jax", "python==3.12"))), sources="index")
    solving = [0.0]
    inner = optimum.Joint._solve

    def timed(self, wanted, assumptions):  # type: ignore[no-untyped-def]
        started = time.process_time()
        try:
            return inner(self, wanted, assumptions)
        finally:
            solving[0] += time.process_time() - started

    vars(optimum)["Joint"]._solve = timed
    rows = []
    for factor in FACTORS:
        facts, count = padded(factor)
        whole, alone = [], []
        for _ in range(ROUNDS):
            solving[0], started = 0.0, time.process_time()
            solve(request, machine, facts, relaxations=False)
            whole.append(time.process_time() - started)
            alone.append(solving[0])
        rows.append((count, statistics.median(whole), statistics.median(alone)))
        print(f"{factor:>3} x: {count:>6} releases, plan {rows[-1][1] * 1000:7.1f} ms, of these the solver {rows[-1][2] * 1000:6.2f} ms", flush=True)
    return rows


def exponent(rows: list[tuple[int, float, float]], column: int) -> float:
    """Gives the slope between the ends in a doubly logarithmic picture: 1 is linear."""
    from math import log

    return log(rows[-1][column] / rows[0][column]) / log(rows[-1][0] / rows[0][0])


def main() -> None:
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(measured()), encoding="utf-8")
        return
    from measuring import environ, python, uv

    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder, "rows.json")
        subprocess.run([python(), __file__, found], env=environ(), check=True)
        rows = json.loads(found.read_text(encoding="utf-8"))
        print(f"seconds grow with releases to the power of {exponent(rows, 1):.2f}, the solver's alone {exponent(rows, 2):.2f} (1 is linear)")
        drawing = [str(uv()), "run", "--quiet", "--no-project", "--with", "matplotlib", str(PICTURE.with_name("drawing.py")), str(found), str(PICTURE)]
        subprocess.run(drawing, env=environ(), check=True)
    print(f"drawn: {PICTURE}")


if __name__ == "__main__":
    main()
