"""Turns what one process says into verdicts: its records as they come, and whatever ended it before it was through."""

from __future__ import annotations

import signal
from collections import deque
from typing import Any, Literal

from drivetrain.errors import DrivetrainError
from drivetrain.model.verdict import Verdict
from drivetrain.process import Finished
from drivetrain.prove.jobs import Job, Said, record_in
from drivetrain.prove.saying import Saying
from drivetrain.prove.sentences import of_record
from drivetrain.prove.setting import Setting
from drivetrain.words import say

KEPT_LINES = 60
KEPT_CHARACTERS = 8000
ILLEGAL_INSTRUCTION = (-signal.SIGILL.value, 0xC000001D)
"""As POSIX and Windows (STATUS_ILLEGAL_INSTRUCTION) report it."""
KILLED = -9


class Account:
    """What one job has said so far."""

    def __init__(self, job: Job, setting: Setting) -> None:
        self.job = job
        self.setting = setting
        self.verdicts: list[Verdict] = []
        self.is_through = False
        """Whether its last record came: every check was answered."""
        self._log: deque[str] = deque(maxlen=KEPT_LINES)
        self._begun = ("import" if job.is_alone else "import-order", "-")

    @property
    def works_alone(self) -> bool:
        """Whether the framework imports and computes by itself, or has nothing for this device: a failure beside another one then tells of the pair."""
        states = {each.check: each.state for each in self.verdicts}
        return self.is_through and states.get("import") == "passed" and states.get("conv2d-fp32") in ("passed", "skipped")

    def hear(self, said: Said) -> tuple[Verdict, ...]:
        """Takes in a line or the end, and gives the verdicts that it brings."""
        if isinstance(said, str):
            new = self._line(said)
        elif isinstance(said, Finished):
            new = self._end(said)
        else:
            new = self._broken(said)
        self.verdicts += new
        return new

    def _line(self, line: str) -> tuple[Verdict, ...]:
        record = record_in(line, self.job.cookie)
        if record is None:
            self._log.append(line[:1000])
        elif "begin" in record:
            self._begun = (record["begin"], record["device"])
        elif record.get("done"):
            self.is_through = True
        else:
            return self._answered(record)
        return ()

    def _answered(self, record: dict[str, Any]) -> tuple[Verdict, ...]:
        facts = record["facts"]
        saying = of_record(self.job, record, self.setting, self._log)
        verdict = self._verdict(
            saying,
            state=record["state"],
            where=(record["check"], facts.get("device", record["device"])),
            error_relative=facts.get("error_relative"),
            seconds=record["seconds"],
        )
        return (verdict, *self._unseen(facts)) if record["check"] == "devices" and record["state"] == "passed" else (verdict,)

    def _unseen(self, facts: dict[str, Any]) -> list[Verdict]:
        """Gives a verdict for each GPU that the driver shows and the framework does not, unless a variable says so."""
        gpus = [gpu for gpu in self.setting.machine.nvidia_gpus if gpu.driver_bound is not False]
        seen = sum(1 for device in facts["devices"] if device["device"] != "cpu")
        if not seen or not self.job.subjects[0].on_gpu or "CUDA_VISIBLE_DEVICES" in self.setting.variables:
            return []
        says = say("skipped, because {framework} sees {seen} of the {count} GPUs that the driver shows", framework=self.job.name, seen=seen, count=len(gpus))
        return [self._verdict(Saying(says), state="skipped", where=("devices", f"cuda:{index}")) for index in range(seen, len(gpus))]

    def _end(self, finished: Finished) -> tuple[Verdict, ...]:
        if finished.timed_out:
            return (self._verdict(Saying(self._hung(), "verify-timeout"), state="failed", where=self._begun),)
        if self.is_through and finished.code == 0:
            return ()
        where = ("exit", "-") if self.is_through else self._begun
        return (self._verdict(self._crashed(finished.code, where), state="failed", where=where),)

    def _broken(self, error: DrivetrainError) -> tuple[Verdict, ...]:
        return (self._verdict(Saying(f"{error.says}; {error.next}" if error.next else error.says), state="failed", where=self._begun),)

    def _hung(self) -> str:
        return say(
            "{framework} gave no answer in {place} within {seconds:g} s and was ended, so later checks did not run; "
            "verify again on an idle machine, then audit the environment",
            framework=self.job.name,
            place=_place(*self._begun),
            seconds=self.setting.timeout_seconds,
        )

    def _crashed(self, code: int, where: tuple[str, str]) -> Saying:
        named = {"framework": self.job.name, "place": _place(*where), "how": _how(code), "log": _brief(self._log)}
        if code in ILLEGAL_INSTRUCTION:
            features = self.setting.machine.cpu.features
            cause = "cpu-without-avx" if features and "avx" not in features else "binary-needs-newer-cpu-instructions"
            return Saying(say("{framework} uses instructions that this CPU lacks ({how}) in {place}; take a build for older CPUs", **named), cause)
        if self.is_through:
            says = say("{framework} answered every check and then crashed while it ended ({how}); audit the environment for libraries that clash", **named)
        elif code == KILLED:
            says = say("{framework} was killed in {place}, most likely because memory ran out; free some and verify again", **named)
        elif 0 <= code < 256:
            says = say("{framework} ended its process in {place} ({how}), so later checks did not run; {log}", **named)
        else:
            says = say("{framework} crashed in {place} ({how}), so later checks did not run; audit the environment for libraries that clash; {log}", **named)
        return Saying(says, "framework-crashed")

    def _verdict(
        self,
        saying: Saying,
        *,
        state: Literal["passed", "failed", "skipped"],
        where: tuple[str, str],
        error_relative: float | None = None,
        seconds: float | None = None,
    ) -> Verdict:
        return Verdict(
            framework=self.job.name,
            device=where[1],
            check=where[0],
            state=state,
            says=saying.says,
            error_relative=error_relative,
            seconds=seconds,
            cause=saying.cause,
            log="\n".join(self._log)[-KEPT_CHARACTERS:] or None if state == "failed" else None,
        )


def _place(check: str, device: str) -> str:
    return check if device == "-" else say("{check} on {device}", check=check, device=device)


def _how(code: int) -> str:
    if code >= 0:
        return say("exit code {code}", code=hex(code) if code > 255 else code)
    try:
        return signal.Signals(-code).name
    except ValueError:
        return say("signal {number}", number=-code)


def _brief(log: deque[str]) -> str:
    """Gives the last words of a log, without the frames of a stack."""
    words = [line.strip() for line in log if line.strip() and not line.lstrip().startswith("File ")]
    return say("it printed nothing") if not words else say("its last words: {words}", words=words[-1][:160])
