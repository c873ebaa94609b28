"""Says of each newer release why it was left out: the one relation that rules it out, or what of the chosen stack it collides with."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.catalogue.families import is_cudnn
from drivetrain.catalogue.relations.markers import version_of
from drivetrain.model.catalogue import Requirement
from drivetrain.model.plan import Reason
from drivetrain.solve.candidate import Candidate, Stopped
from drivetrain.solve.candidates import Sieve
from drivetrain.solve.ground import ages
from drivetrain.solve.optimum import Joint, Stack
from drivetrain.solve.unserved import stopped_by, unserved
from drivetrain.words import say

COUNTERFACTUALS = 3
"""How many releases may be explained by solving again with them (about 10 ms each); the others by what they collide with."""


def reasons_of(joint: Joint, stack: Stack) -> tuple[Reason, ...]:
    """Gives one reason per newer release that was left out, for every framework and companion asked for, newest first."""
    found: list[Reason] = []
    budget = COUNTERFACTUALS
    for name in joint.asked:
        chosen = stack.pick(name)
        if chosen is None or not ages(joint.sieve, name):
            continue
        for version in newer_versions(joint.sieve, name, chosen):
            reason = (
                stopping_reason(joint.sieve, name, version)
                or _brings_cuda(joint, chosen, name, version)
                or collision_of(joint, stack, name, version)
                or _unserved(joint.sieve, name, version)
            )
            if reason is None and budget:
                budget -= 1
                reason = _costs(joint, stack, name, version)
            found.append(reason or _costs_of_joint(name, version))
    return (*found, *_left_out_cudnn(joint, stack))


def _left_out_cudnn(joint: Joint, stack: Stack) -> tuple[Reason, ...]:
    """Says why the newest cuDNN was not taken, where a relation of its own rules it out (its code, most often)."""
    for name, chosen in stack.picks:
        newer = newer_versions(joint.sieve, name, chosen) if is_cudnn(name) else []
        if newer and (reason := stopping_reason(joint.sieve, name, newer[0])) is not None:
            return (reason,)
    return ()


def _brings_cuda(joint: Joint, chosen: Candidate, name: str, version: str) -> Reason | None:
    """On a CPU a build without CUDA comes before a newer one that brings it."""
    builds = [each.build for each in joint.sieve.answers(name, version) if isinstance(each, Candidate)]
    if not joint.sieve.prefers_cpu or chosen.build.brings_cuda or not builds or not all(each.brings_cuda for each in builds):
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
    needs = f"{requirement.name} {_readable(requirement.specifier)}".strip()
    says = say("left out: it needs {requirement}, and {why}", requirement=needs, why=because.says)
    return Reason(cause=because.cause, about=name, version=version, says=says, sources=because.sources, because=(because,))


def deepest(stopped: list[Stopped]) -> Stopped:
    """Gives the build that came furthest, then the newest, then the index's own: what stopped it is what would have to change."""
    return max(stopped, key=lambda each: (each.depth, version_of(each.build.version), each.build.place == "index", -_cuda(each)))


def _cuda(stopped: Stopped) -> float:
    return float(stopped.build.cuda or 0)


def collision_of(joint: Joint, stack: Stack, name: str, version: str) -> Reason | None:
    """Gives what a release collides with in the chosen stack: Python, CUDA family or a shared library."""
    candidates = [each for each in joint.sieve.answers(name, version) if isinstance(each, Candidate)]
    others = [(other, pick) for other in joint.asked if other != name and (pick := stack.pick(other)) is not None]
    answers = [answer for candidate in candidates if (answer := _collision(joint, stack, name, candidate, others)) is not None]
    return answers[0] if answers and len(answers) == len(candidates) else None


def _collision(joint: Joint, stack: Stack, name: str, candidate: Candidate, others: list[tuple[str, Candidate]]) -> Reason | None:
    build = candidate.build
    for other, pick in others:
        if not candidate.pythons & pick.pythons:
            says = say(
                "left out: it has builds for Python {mine}, {other} {version} for {theirs}",
                mine=", ".join(sorted(candidate.pythons, key=_order)),
                other=other,
                version=pick.build.version,
                theirs=", ".join(sorted(pick.pythons, key=_order)),
            )
            return Reason(cause="python-version-unsupported", about=name, version=build.version, says=says)
        if build.family is not None and pick.build.family is not None and build.family != pick.build.family:
            says = (
                say(
                    "left out: it needs CUDA {family}, {other} {version} is built for CUDA {theirs}",
                    family=build.family,
                    other=other,
                    version=pick.build.version,
                    theirs=pick.build.family,
                )
                if any(each.build.family == build.family for each in joint.sieve.field(other).candidates)
                else say("left out: it needs CUDA {family}, {other} has no CUDA {family} build", family=build.family, other=other)
            )
            return Reason(cause="cuda-wheel-majors-mixed", about=name, version=build.version, says=says)
    return _pin_collision(joint, stack, name, candidate)


def _pin_collision(joint: Joint, stack: Stack, name: str, candidate: Candidate) -> Reason | None:
    """Finds a library on which the release and the rest of the stack admit no common version."""
    theirs = list(_needs_of_others(joint, stack, name))
    for holder, mine in _needs(joint, name, candidate):
        for owner, owner_version, requirement in theirs:
            if requirement.name != mine.name or _common(joint, mine, requirement):
                continue
            says = say(
                "left out: {holder} needs {mine}, {owner} {version} {theirs}",
                holder=say("it") if holder == name else holder,
                mine=f"{mine.name} {_readable(mine.specifier)}".strip(),
                owner=owner,
                version=owner_version,
                theirs=(
                    say("pins {version}", version=requirement.specifier.removeprefix("=="))
                    if requirement.specifier.startswith("==")
                    else say("needs {specifier}", specifier=_readable(requirement.specifier))
                ),
            )
            return Reason(cause="dependency-pin-conflict", about=name, version=candidate.build.version, says=says, sources=candidate.build.sources)
    return None


def _common(joint: Joint, one: Requirement, other: Requirement) -> bool:
    return bool(joint.sieve.admitted(one.name, one.specifier) & joint.sieve.admitted(other.name, other.specifier))


def _needs(joint: Joint, name: str, candidate: Candidate, depth: int = 3) -> Iterator[tuple[str, Requirement]]:
    """Gives (holder, requirement) of a candidate, and of what it needs where only one version will do."""
    reach = joint.ground.reach
    position = reach.position(name, candidate)
    edges = reach.edges.get((name, position), ()) if position is not None else ()
    for edge in edges:
        if edge.extra and edge.extra not in candidate.build.extras and not candidate.build.family:
            continue
        requirement = reach.requirements[edge.requirement]
        yield name, requirement
        admitted = reach.admits[edge.requirement]
        if len(admitted) == 1 and depth:
            (only,) = admitted
            yield from _needs(joint, requirement.name, joint.sieve.at(requirement.name, only), depth - 1)


def _needs_of_others(joint: Joint, stack: Stack, name: str) -> Iterator[tuple[str, str, Requirement]]:
    """Gives the requirements of the rest of the stack: of what was asked for besides, and of what that pulled in."""
    queue = [other for other in joint.asked if other != name]
    seen: set[str] = set()
    while queue:
        owner = queue.pop(0)
        pick = stack.pick(owner)
        if owner in seen or owner == name or pick is None:
            continue
        seen.add(owner)
        for _, requirement in _needs(joint, owner, pick, depth=0):
            yield owner, pick.build.version, requirement
            queue.append(requirement.name)


def _costs(joint: Joint, stack: Stack, name: str, version: str) -> Reason | None:
    """Solves with the newer release held, to say what it would cost the others."""
    if not any(each.build.version == version for each in joint.ground.options if each.build.distribution == name):
        return None
    other = joint.best(fixed=(name, version))
    if other is None:
        others = ", ".join(each for each in joint.asked if each != name)
        says = say("left out: no release of {others} goes with it", others=others) if others else say("left out: what it requires cannot be had together here")
        return Reason(cause="dependency-pin-conflict", about=name, version=version, says=says)
    older = [
        f"{each} {pick.build.version}"
        for each in joint.asked
        if each != name
        and (pick := other.pick(each)) is not None
        and (mine := stack.pick(each)) is not None
        and version_of(pick.build.version) < version_of(mine.build.version)
    ]
    if not older:
        return None
    return Reason(cause="dependency-pin-conflict", about=name, version=version, says=say("left out: with it no newer than {older}", older=", ".join(older)))


def _costs_of_joint(name: str, version: str) -> Reason:
    return Reason(cause="dependency-pin-conflict", about=name, version=version, says=say("left out: the stack as a whole is younger without it"))


def _readable(specifier: str) -> str:
    """Gives the clauses with lower bounds first: ">=2.27.7,<3.0"."""
    return ",".join(sorted(specifier.split(","), key=lambda clause: not clause.startswith((">", "=", "~"))))


def _order(python: str) -> tuple[int, ...]:
    return tuple(int(part) for part in python.split("."))
