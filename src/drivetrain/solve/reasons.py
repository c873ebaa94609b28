"""Says of each newer release why it was left out: the one relation that rules it out, or what of the chosen stack it collides with.

Which of the two it is, and with what, is decided by solving; only then are words looked for. So a reason never names a package that is not to blame.
"""

from __future__ import annotations

from drivetrain.catalogue.families import is_cudnn
from drivetrain.catalogue.relations.markers import version_of
from drivetrain.model.plan import Reason
from drivetrain.solve.candidate import Candidate, Stopped
from drivetrain.solve.candidates import Sieve
from drivetrain.solve.collisions import pair_collision, set_collision
from drivetrain.solve.ground import ages
from drivetrain.solve.optimum import Joint, Stack
from drivetrain.solve.unserved import stopped_by, unserved
from drivetrain.words import say


def reasons_of(joint: Joint, stack: Stack) -> tuple[Reason, ...]:
    """Gives one reason per newer release that was left out, for every framework and companion asked for, newest first."""
    found: list[Reason] = []
    for name in joint.asked:
        chosen = stack.pick(name)
        if chosen is not None and ages(joint.sieve, name):
            found += (reason_against(joint, stack, name, version) for version in newer_versions(joint.sieve, name, chosen))
    return (*found, *_left_out_cudnn(joint, stack))


def reason_against(joint: Joint, stack: Stack, name: str, version: str) -> Reason:
    """Gives the one reason for which a release is not in the stack: alone on this target, else against one other of the stack, else against several."""
    sieve = joint.sieve
    if (alone := stopping_reason(sieve, name, version)) is not None:
        return alone
    if (needless := _brings_cuda(joint, stack.pick(name), name, version)) is not None:
        return needless
    if not joint.goes({name: version}):
        return _unserved(sieve, name, version) or _apart(name, version)
    held = {other: pick.build.version for other in joint.asked if other != name and (pick := stack.pick(other)) is not None}
    # Words are cheaper than solving: where they seem to fit, one question tells whether they are true of every build of the other.
    for other, chosen in held.items():
        worded = pair_collision(joint, stack, name, version, other)
        if worded is not None and not joint.goes({name: version, other: chosen}):
            return worded
    against = [other for other, chosen in held.items() if not joint.goes({name: version, other: chosen})]
    together = against[:1] or _smallest(joint, name, version, held)
    return set_collision(stack, name, version, together) if together else _frugal(name, version)


def _smallest(joint: Joint, name: str, version: str, held: dict[str, str]) -> list[str]:
    """Gives a smallest set of the other choices that a release does not go with, nothing where it goes with all of them."""
    if joint.goes({name: version, **held}):
        return []
    kept = dict(held)
    for other in held:
        fewer = {each: chosen for each, chosen in kept.items() if each != other}
        if not joint.goes({name: version, **fewer}):
            kept = fewer
    return list(kept)


def _frugal(name: str, version: str) -> Reason:
    says = say("left out: a stack with it brings CUDA, and on the CPU one without comes first")
    return Reason(cause="cuda-build-on-cpu", about=name, version=version, says=says)


def _apart(name: str, version: str) -> Reason:
    says = say("left out: what it requires cannot be had together here")
    return Reason(cause="dependency-pin-conflict", about=name, version=version, says=says)


def _left_out_cudnn(joint: Joint, stack: Stack) -> tuple[Reason, ...]:
    """Says why the newest cuDNN was not taken, where a relation of its own rules it out (its code, most often)."""
    for name, chosen in stack.picks:
        newer = newer_versions(joint.sieve, name, chosen) if is_cudnn(name) else []
        if newer and (reason := stopping_reason(joint.sieve, name, newer[0])) is not None:
            return (reason,)
    return ()


def _brings_cuda(joint: Joint, chosen: Candidate | None, name: str, version: str) -> Reason | None:
    """On a CPU a build without CUDA comes before a newer one that brings it."""
    builds = [each.build for each in joint.sieve.answers(name, version) if isinstance(each, Candidate)]
    if not joint.sieve.prefers_cpu or chosen is None or chosen.build.brings_cuda or not builds or not all(each.brings_cuda for each in builds):
        return None
    says = say("left out: it can be had only with CUDA here, and on the CPU a build without comes first")
    return Reason(cause="cuda-build-on-cpu", about=name, version=version, says=says)


def newer_versions(sieve: Sieve, name: str, chosen: Candidate) -> list[str]:
    """Gives every release newer than the chosen one that was looked at, newest first."""
    newest = version_of(chosen.build.version)
    versions = {slot.version for slot in sieve.slots(name) if version_of(slot.version) > newest}
    return sorted((each for each in versions if any(sieve.answers(name, each))), key=version_of, reverse=True)


def stopping_reason(sieve: Sieve, name: str, version: str) -> Reason | None:
    """Gives the relation that rules out every build of a release on its own; None if some build passed them all."""
    answers = sieve.answers(name, version)
    stopped = [each for each in answers if isinstance(each, Stopped)]
    return deepest(stopped).reason if stopped and len(stopped) == len(answers) else None


def _unserved(sieve: Sieve, name: str, version: str) -> Reason | None:
    """Gives the requirement that nothing here satisfies, if every build of the release has one: torchvision's torch that the driver does not serve."""
    found = []
    for candidate in sieve.answers(name, version):
        if not isinstance(candidate, Candidate):
            continue
        rows = ((each, stopped) for each in unserved(sieve, candidate) if (stopped := stopped_by(sieve, each)))
        if (row := next(rows, None)) is None:
            return None
        found.append(row)
    if not found:
        return None
    requirement, stopped = found[0]
    because = deepest(stopped).reason
    needs = f"{requirement.name} {readable(requirement.specifier)}".strip()
    says = say("left out: it needs {requirement}, and {why}", requirement=needs, why=because.says)
    return Reason(cause=because.cause, about=name, version=version, says=says, sources=because.sources, because=(because,))


def deepest(stopped: list[Stopped]) -> Stopped:
    """Gives the build that came furthest, then the newest, then the index's own: what stopped it is what would have to change."""
    return max(stopped, key=lambda each: (each.depth, version_of(each.build.version), each.build.place == "index", -_cuda(each)))


def _cuda(stopped: Stopped) -> float:
    return float(stopped.build.cuda or 0)


def readable(specifier: str) -> str:
    """Gives the clauses with lower bounds first: ">=2.27.7,<3.0"."""
    return ",".join(sorted(specifier.split(","), key=lambda clause: not clause.startswith((">", "=", "~"))))
