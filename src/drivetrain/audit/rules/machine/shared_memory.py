"""A container whose /dev/shm is Docker's default: too small for data loaders and for NCCL."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_DEFAULT = 64 << 20
"""Docker's --shm-size where nobody gives one; source: https://docs.docker.com/reference/cli/docker/container/run/."""


def _check(context: Context) -> Iterator[Outcome]:
    torch, machine = context.environment.distribution("torch"), context.machine
    if torch is None or machine.os.container is None or not context.runs_here:
        yield RULE.clear("/dev/shm", say("this is no container with torch"))
    elif machine.shared_memory_bytes is None:
        yield RULE.unknown("/dev/shm", say("the size of /dev/shm is not known"))
    elif machine.shared_memory_bytes > _DEFAULT:
        yield RULE.clear("/dev/shm", say("/dev/shm has {mebibytes} MiB", mebibytes=machine.shared_memory_bytes >> 20))
    else:
        says = say(
            "/dev/shm of this container has {mebibytes} MiB: data loaders with workers, and NCCL, may fill it", mebibytes=machine.shared_memory_bytes >> 20
        )
        fix = Fix(says=say("start the container with more"), commands=("docker run --shm-size=8g ...",), safety="shown")
        yield RULE.found("/dev/shm", says, (Evidence(path="/dev/shm", text=f"{machine.shared_memory_bytes >> 20} MiB"),), (fix,))


RULE = Rule(
    cause="shared-memory-too-small",
    severity="note",
    check=_check,
    sources=("https://docs.pytorch.org/docs/stable/multiprocessing.html", "https://docs.docker.com/reference/cli/docker/container/run/"),
)
