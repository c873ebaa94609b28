"""Runs proof jobs in the environment's interpreter, as many at a time as pays, and tells what they say, line by line, in the calling thread."""

from __future__ import annotations

import contextlib
import json
import queue
import secrets
import threading
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec import Struct

from drivetrain.errors import DrivetrainError, EngineError, Interrupted
from drivetrain.model.documents import to_builtins
from drivetrain.model.verdict import Subject
from drivetrain.process import Finished, Listeners, run, stop_raises
from drivetrain.prove.setting import Setting
from drivetrain.words import say

CHECKS = Path(__file__).with_name("scripts") / "checks.py"
WAKE_SECONDS = 0.5
"""How often a wait looks up, because a wait without end hears no Ctrl-C on Windows."""


class Job(Struct, frozen=True, kw_only=True):
    """One process: a framework's own checks, or several frameworks imported in this order."""

    subjects: tuple[Subject, ...]
    cookie: str

    @property
    def name(self) -> str:
        return "+".join(each.name for each in self.subjects)

    @property
    def is_alone(self) -> bool:
        return len(self.subjects) == 1


Said = str | Finished | DrivetrainError
"""A line that a process printed, its end, or why it could not be started."""


def job_of(subjects: Sequence[Subject], accelerator: str) -> Job:
    """Gives the job of these frameworks; on a CPU plan none of them is meant to reach a GPU."""
    meant = tuple(Subject(**{**to_builtins(each), "on_gpu": each.on_gpu and accelerator != "cpu"}) for each in subjects)
    return Job(subjects=meant, cookie=f"<drivetrain {secrets.token_hex(8)}>")


def said_by(jobs: Sequence[Job], setting: Setting, workers: int) -> Generator[tuple[Job, Said], None, None]:
    """Runs every job and gives what each says as it comes; leaving the loop early ends the processes."""
    arrived: queue.SimpleQueue[tuple[Job, Said]] = queue.SimpleQueue()
    stop = threading.Event()
    with stop_raises(), ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        try:
            for job in jobs:
                pool.submit(_run, job, setting, arrived, stop)
            open_jobs = len(jobs)
            while open_jobs:
                with contextlib.suppress(queue.Empty):
                    job, said = arrived.get(timeout=WAKE_SECONDS)
                    open_jobs -= not isinstance(said, str)
                    yield job, said
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def record_in(line: str, cookie: str) -> dict[str, Any] | None:
    """Gives the record between two cookies of a line, whatever noise stands around it."""
    _, _, rest = line.partition(cookie)
    text, end, _ = rest.partition(cookie)
    if not end:
        return None
    try:
        record = json.loads(text)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _run(job: Job, setting: Setting, arrived: queue.SimpleQueue[tuple[Job, Said]], stop: threading.Event) -> None:
    def tick(_process: int) -> None:
        if stop.is_set():
            raise Interrupted("")

    def hear(line: str) -> None:
        arrived.put((job, line))

    words = [
        setting.interpreter,
        "-I",
        "-X",
        "faulthandler",
        str(CHECKS),
        job.cookie,
        json.dumps({"subjects": to_builtins(job.subjects), "accelerator": setting.accelerator}),
    ]
    try:
        with TemporaryDirectory(prefix="drivetrain-verify-", ignore_cleanup_errors=True) as folder:
            finished = run(
                words,
                timeout_seconds=setting.timeout_seconds,
                environment=setting.variables,
                folder=Path(folder),
                listeners=Listeners(out=hear, err=hear, tick=tick),
            )
        arrived.put((job, finished))
    except Interrupted:
        return
    except DrivetrainError as error:
        arrived.put((job, error))
    except OSError as error:
        arrived.put((job, EngineError(say("no scratch folder can be made: {reason}", reason=error), say("free some space in the temporary folder"))))
