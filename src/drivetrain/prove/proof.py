"""Proves an environment: each framework by itself, then each pair imported in both orders, every time in a process of its own."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from drivetrain.model.documents import FrozenMap
from drivetrain.model.machine import Machine
from drivetrain.model.verdict import Proof, Subject, Verdict
from drivetrain.prove.account import Account
from drivetrain.prove.jobs import Job, job_of, said_by
from drivetrain.prove.setting import Setting, interpreter_of, variables_for
from drivetrain.words import say

Progress = Callable[[Verdict], None]
TIMEOUT_SECONDS = 300.0
CPU_WORKERS = 2
"""Imports keep one core busy each; more processes at a time only wait for the disk and for each other."""


def verify(
    prefix: str | Path,
    frameworks: Sequence[Subject],
    machine: Machine,
    *,
    accelerator: str,
    timeout_seconds: float = TIMEOUT_SECONDS,
    variables: Mapping[str, str | None] | None = None,
    progress: Progress | None = None,
) -> Proof:
    """Proves the environment for this accelerator ("cuda", "cpu", "mps") and gives one verdict per framework, device and check.

    `variables` are what the environment's activation would set, rendered; a failure is a verdict, never an exception. `progress` is told each
    verdict as it comes; the proof has them in the frameworks' order. `timeout_seconds` bounds each process.
    """
    prefix = Path(prefix)
    told = progress or _told_to_nobody
    interpreter = interpreter_of(prefix)
    if interpreter is None:
        verdicts = tuple(_without_python(each, prefix) for each in frameworks)
        for verdict in verdicts:
            told(verdict)
        return Proof(prefix=str(prefix), verdicts=verdicts)
    setting = Setting(
        prefix=str(prefix),
        interpreter=str(interpreter),
        machine=machine,
        accelerator=accelerator,
        timeout_seconds=timeout_seconds,
        variables=variables_for(prefix, accelerator, variables or FrozenMap()),
    )
    alone = _accounts([job_of((each,), accelerator) for each in frameworks], setting, told)
    pairs = _pairs(frameworks, alone, setting, told)
    verdicts = (*(verdict for account in alone for verdict in account.verdicts), *pairs)
    return Proof(prefix=str(prefix), verdicts=verdicts, device_checks_ran=any(_ran_on_device(each) for each in verdicts))


def _accounts(jobs: Sequence[Job], setting: Setting, told: Progress) -> list[Account]:
    """Runs the jobs and gives their accounts in order. A GPU is never shared between two of them: memory would decide then."""
    accounts = {job.cookie: Account(job, setting) for job in jobs}
    workers = 1 if setting.accelerator != "cpu" else min(CPU_WORKERS, os.cpu_count() or 1)
    # Closed at once, whatever is raised here, so that no process outlives it.
    with contextlib.closing(said_by(jobs, setting, workers)) as every:
        for job, said in every:
            for verdict in accounts[job.cookie].hear(said):
                told(verdict)
    return list(accounts.values())


def _pairs(frameworks: Sequence[Subject], alone: Sequence[Account], setting: Setting, told: Progress) -> list[Verdict]:
    """Gives the verdict of each order of each pair; a framework that fails by itself would prove nothing about its neighbour."""
    lame = [account.job.name for account in alone if not account.works_alone]
    orders = list(itertools.permutations(frameworks, 2))
    by_name: dict[str, list[Verdict]] = {}
    for order in orders:
        culprit = next((each.name for each in order if each.name in lame), None)
        if culprit is not None:
            name = "+".join(each.name for each in order)
            says = say("skipped, because {framework} does not work alone", framework=culprit)
            by_name[name] = [Verdict(framework=name, device="-", check="import-order", state="skipped", says=says)]
            told(by_name[name][0])
    sound = [job_of(order, setting.accelerator) for order in orders if not any(each.name in lame for each in order)]
    by_name.update({account.job.name: account.verdicts for account in _accounts(sound, setting, told)})
    return [verdict for order in orders for verdict in by_name["+".join(each.name for each in order)]]


def _without_python(subject: Subject, prefix: Path) -> Verdict:
    says = say("{prefix} has no Python interpreter; name the folder of an environment, or make one", prefix=prefix)
    return Verdict(framework=subject.name, device="-", check="import", state="failed", says=says)


def _ran_on_device(verdict: Verdict) -> bool:
    return verdict.device not in ("-", "cpu") and verdict.state != "skipped"


def _told_to_nobody(_verdict: Verdict) -> None:
    return
