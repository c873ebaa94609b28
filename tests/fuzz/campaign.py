"""Puts mutated inputs before the readers: `python tests/fuzz/campaign.py [TARGET...] [--runs N] [--seed N] [--scale X]`, a line a target.

Needs nothing but the package; tests/fuzz/with_atheris.py lets coverage guide the changes. A reader fails by an exception, by a second of CPU time on one
input, or by 500 MB: the input is written below /tmp and named.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE.parent), str(_HERE.parent.parent / "src")]

from fuzz.mutation import mutated  # noqa: E402
from fuzz.target import Target  # noqa: E402
from fuzz.targets import TARGETS, target  # noqa: E402

HANGS_SECONDS = 1.0
MOST_BYTES = 500 << 20


class Hang(BaseException):
    """One input took longer than a second; no reader may catch it."""


@dataclass(frozen=True)
class Campaign:
    """What came of one target."""

    runs: int
    seconds: float
    peak_bytes: int
    slowest_seconds: float
    failure: str = ""
    content: bytes = b""


def campaign(of: Target, runs: int, seed: int) -> Campaign:
    """Puts the corpus and then that many mutated inputs before a reader; ends with the first that breaks it."""
    chance = Random(f"{of.name} {seed}")
    corpus = of.corpus()
    slowest, start, done, before = 0.0, time.perf_counter(), 0, _peak_bytes()
    # What a process that has run other tests holds is looked through in no collection.
    gc.freeze()
    signal.signal(signal.SIGVTALRM, _hang)
    content, failure = b"", ""
    try:
        for done in range(1, runs + len(corpus) + 1):
            content = corpus[done - 1] if done <= len(corpus) else mutated(chance, corpus, of.words)
            signal.setitimer(signal.ITIMER_VIRTUAL, HANGS_SECONDS)
            began = time.thread_time()
            of.read(content)
            slowest = max(slowest, time.thread_time() - began)
    except Hang:
        failure = f"takes more than {HANGS_SECONDS} s"
    except Exception as error:
        failure = f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        gc.unfreeze()
    peak = _peak_bytes()
    if not failure and peak - before > MOST_BYTES:
        failure = f"takes {peak - before >> 20} MB"
    return Campaign(done, time.perf_counter() - start, peak, slowest, failure, content if failure else b"")


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _hang(number: int, frame: object) -> None:
    raise Hang


def main(arguments: list[str]) -> int:
    """Runs the named targets, each in a process of its own, so that each peak is its own; ends with 1 when one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=[each.name for each in TARGETS])
    parser.add_argument("--runs", type=int, help="of each target; default: as many as it promises")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if not options.inside:
        order = [sys.executable, __file__, "--inside", f"--seed={options.seed}", *([f"--runs={options.runs}"] if options.runs else [])]
        return max(subprocess.run([*order, name], check=False).returncode for name in options.targets)
    of = target(options.targets[0])
    result = campaign(of, options.runs or of.promised, options.seed)
    verdict = "fine" if not result.failure else f"FAILS ({result.failure}): {_kept(of, result.content)}"
    print(
        f"{of.name}: {result.runs} runs, {result.seconds:.1f} s, slowest {result.slowest_seconds * 1000:.0f} ms, peak {result.peak_bytes >> 20} MB: {verdict}",
        flush=True,
    )
    return 1 if result.failure else 0


def _kept(of: Target, content: bytes) -> Path:
    path = Path(tempfile.gettempdir()) / f"fuzz-{of.name}-{hashlib.sha256(content).hexdigest()[:8]}-{os.getpid()}"
    path.write_bytes(content)
    return path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
