"""Says the facts of one check's record in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drivetrain.prove.jobs import Job
from drivetrain.prove.saying import Saying
from drivetrain.prove.setting import Setting
from drivetrain.prove.suspicion import cause_in, without_gpu
from drivetrain.words import say


def of_record(job: Job, record: dict[str, Any], setting: Setting, log: Iterable[str]) -> Saying:
    """Says what a record means."""
    if record["state"] == "passed":
        return Saying(_passed(job, record["check"], record["facts"]))
    if record["state"] == "skipped":
        return Saying(skipped(job.name, record["facts"]["why"], setting))
    return _failed(job, record, setting, list(log))


def skipped(framework: str, why: str, setting: Setting) -> str:
    """Says why a check was not made; `why` is the script's word for it."""
    if why == "cpu" and setting.accelerator == "cuda":
        return say("skipped, because this build of {framework} is for the CPU", framework=framework)
    if why == "cpu" and setting.machine.nvidia_gpus:
        return say("skipped, because this environment is planned for the CPU")
    if why == "cpu":
        return say("skipped, because this machine has no NVIDIA GPU")
    if why == "capability":
        return say("skipped, because this GPU computes no such numbers: TF32 and bfloat16 begin with compute capability 8.0")
    if why == "not-offered":
        return say("skipped, because this release of {framework} does not compute such numbers there", framework=framework)
    if why == "gpu-alone":
        return say("skipped, because {framework} computes on a GPU alone", framework=framework)
    if why == "lacking":
        return say("skipped, because {framework} has nothing that does this", framework=framework)
    if why == "no-cudnn-mapped":
        return say("skipped, because the process shows no cuDNN library to ask")
    return say("skipped, because {framework} sees no GPU", framework=framework)


def _passed(job: Job, check: str, facts: dict[str, Any]) -> str:
    if check == "import":
        return say("version {version} imports", version=facts["version"])
    if check == "devices":
        return say("sees {devices}", devices=", ".join(_device(each) for each in facts["devices"] if each["device"] != "cpu") or say("the CPU"))
    if check == "cudnn-version":
        if facts.get("built"):
            return say("cuDNN {loaded} is loaded; built against {built}", loaded=facts["loaded"], built=facts["built"])
        return say("cuDNN {loaded} is loaded", loaded=facts["loaded"])
    if check == "import-order":
        return say("{first} first, then {second}: both compute", first=job.subjects[0].name, second=job.subjects[1].name)
    return say("within {error} of the float64 reference, {limit} allowed", error=_number(facts["error_relative"]), limit=_number(facts["limit"]))


def _failed(job: Job, record: dict[str, Any], setting: Setting, log: list[str]) -> Saying:
    facts, why = record["facts"], record["facts"]["why"]
    if why == "no-gpu":
        return without_gpu(job.name, facts["built_for_gpu"], setting, log)
    if why == "wrong":
        return Saying(_wrong(facts.get("who", job.name), facts))
    if why == "several-cudnns":
        says = say("libraries of several cuDNNs are loaded at once, from {folders}; keep one", folders=", ".join(facts["folders"]))
        return Saying(says, "two-cudnn-versions-in-env")
    if why == "older-cudnn":
        says = say("cuDNN {loaded} is loaded, but it was built against {built}; install {built} or newer", loaded=facts["loaded"], built=facts["built"])
        return Saying(says, "cudnn-runtime-older-than-build")
    if why == "other-cudnn-major":
        says = say("cuDNN {loaded} is loaded, but it was built against {built}; install that major version", loaded=facts["loaded"], built=facts["built"])
        return Saying(says, "cudnn-major-version-mismatch")
    return _raised(job, record, setting, log)


def _raised(job: Job, record: dict[str, Any], setting: Setting, log: list[str]) -> Saying:
    facts = record["facts"]
    missing = next((each for each in job.subjects if each.import_name == facts.get("missing")), None)
    if missing is not None:
        return Saying(say("{distribution} is not installed in {prefix}; add it", distribution=missing.distribution, prefix=setting.prefix))
    error = " ".join(facts["error"].split())[:240]
    cause = cause_in([facts["error"]])
    if record["check"] == "import":
        # Only here: later on the log holds warnings that have nothing to do with this error.
        cause = cause or cause_in(log)
        return Saying(say("{framework} does not import: {error}", framework=job.name, error=error), cause)
    if record["check"] == "import-order":
        says = say("{first} first, then {second}: {error}", first=job.subjects[0].name, second=job.subjects[1].name, error=error)
        return Saying(says, cause)
    return Saying(say("{framework} raised {error}", framework=job.name, error=error), cause)


def _wrong(framework: str, facts: dict[str, Any]) -> str:
    if facts["error_relative"] is None:
        return say("{framework} computed infinities or NaN; do not trust this build here: try another one, and check the hardware", framework=framework)
    return say(
        "{framework} computed wrong numbers: off by {error}, {limit} allowed; do not trust this build here: try another one, and check the hardware",
        framework=framework,
        error=_number(facts["error_relative"]),
        limit=_number(facts["limit"]),
    )


def _device(device: dict[str, Any]) -> str:
    capability = device.get("compute_capability")
    return f"{device['device']} {device['name']} ({capability})" if capability else f"{device['device']} {device['name']}"


def _number(value: float) -> str:
    return f"{value:.1e}"
