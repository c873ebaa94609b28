"""Gives a machine's notes: why no driver serves, what else contradicts, which sources failed."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.formats.nvidia_smi import lost_of
from drivetrain.model.machine import Driver, Gpu, Note
from drivetrain.probe.absence import why_none
from drivetrain.probe.contradictions import contradictions
from drivetrain.probe.graphics import answers
from drivetrain.probe.readings import Readings
from drivetrain.probe.sight import NVML_FUNCTION_NOT_FOUND, NVML_GPU_LOST, Sight
from drivetrain.words import say

FAILED = "probe-source-failed"


def notes_of(readings: Readings, gpus: tuple[Gpu, ...], driver: Driver | None) -> tuple[Note, ...]:
    """Gives the notes in that order, none twice."""
    sight = Sight(readings["nvidia"] or {}, readings["system"] or {}, readings["variables"] or {}, gpus, driver)
    why = why_none(sight)
    failures = _failures(sight, readings, explained=why is not None)
    return tuple({note.cause + note.says: note for note in (*([why] if why else []), *contradictions(sight), *failures)}.values())


def _failures(sight: Sight, readings: Readings, *, explained: bool) -> Iterator[Note]:
    for name, title in (("nvml", "NVML"), ("libcuda", "libcuda"), ("smi", "nvidia-smi")):
        told = sight.seen.get(name) or {}
        if told.get("timed_out"):
            yield Note(cause=FAILED, says=say("{source} did not answer in time and was left out", source=title))
        elif told.get("error") == "crashed":
            yield Note(cause=FAILED, says=say("{source} crashed when it was asked", source=title))
        elif told.get("code") and name == "nvml" and not _unneeded(told["code"], sight, explained):
            yield Note(cause=FAILED, says=say("NVML does not start: {error} (error {code})", error=told.get("error", ""), code=told["code"]))
        elif name == "smi" and told.get("code") and not explained and not answers(sight.seen) and not lost_of(sight.smi_text):
            line = next(iter((told.get("out") or told.get("err") or told.get("banner") or "").strip().splitlines()), "")
            yield Note(cause=FAILED, says=say("nvidia-smi failed: {line}", line=line or told["code"]))
    for index, each in enumerate(sight.nvml.get("gpus", [])):
        if each.get("code") and each["code"] != NVML_GPU_LOST:
            yield Note(cause=FAILED, says=say("NVML does not read GPU {index}: {error} (error {code})", index=index, error=each["error"], code=each["code"]))
    for part, error in readings.get("problems", {}).items():
        yield Note(cause=FAILED, says=say("{part} could not be read: {error}", part=part, error=error))


def _unneeded(code: int, sight: Sight, explained: bool) -> bool:
    """An NVML older than its binding refuses to start; where another source answered, that is nothing to look after."""
    return explained or (code == NVML_FUNCTION_NOT_FOUND and answers(sight.seen))
