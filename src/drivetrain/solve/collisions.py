"""Words a collision between a release and what was chosen beside it: Python, CUDA family, a shared library, a recorded break."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from drivetrain.catalogue.families import is_cudnn
from drivetrain.model.catalogue import Requirement
from drivetrain.model.plan import Reason
from drivetrain.solve.candidate import Candidate
from drivetrain.solve.optimum import Joint, Stack
from drivetrain.words import say

DEEPEST = 4
"""Steps of a chain of pins that are followed."""


class Need(Struct, frozen=True, kw_only=True):
    """One requirement that a build cannot do without, and how it comes to have it."""

    path: tuple[tuple[str, str], ...]
    """(distribution, version) from the build on to the holder of the requirement."""
    requirement: Requirement


def pair_collision(joint: Joint, stack: Stack, name: str, version: str, other: str) -> Reason | None:
    """Gives what a release collides with in one other choice, where every build of the release does; None where no single relation tells it."""
    pick = stack.pick(other)
    candidates = [each for each in joint.sieve.answers(name, version) if isinstance(each, Candidate)]
    if pick is None or not candidates:
        return None
    answers = [answer for candidate in candidates if (answer := _collision(joint, name, candidate, other, pick)) is not None]
    return answers[0] if len(answers) == len(candidates) else None


def set_collision(stack: Stack, name: str, version: str, others: list[str]) -> Reason:
    """Gives the reason of a release that some other choices rule out together."""
    chosen = [(other, pick.build.version) for other in others if (pick := stack.pick(other)) is not None]
    names = [f"{other} {chosen_version}" for other, chosen_version in chosen]
    says = (
        say("left out: nothing that it requires goes with what {other} requires", other=names[0])
        if len(names) == 1
        else say("left out: it does not go with {others} together", others=say(" and ").join(names))
    )
    because = tuple(Reason(cause="dependency-pin-conflict", about=other, version=each, says=f"{other} {each}") for other, each in chosen)
    return Reason(cause="dependency-pin-conflict", about=name, version=version, says=says, because=because)


def _collision(joint: Joint, name: str, candidate: Candidate, other: str, pick: Candidate) -> Reason | None:
    build, theirs = candidate.build, pick.build
    if not candidate.pythons & pick.pythons:
        mine = ", ".join(sorted(candidate.pythons, key=_order))
        served = ", ".join(sorted(pick.pythons, key=_order))
        says = say("left out: it has builds for Python {mine}, {other} {version} for {theirs}", mine=mine, other=other, version=theirs.version, theirs=served)
        side = say("{name} {version} has builds for Python {served}", name=other, version=theirs.version, served=served)
        return _reason("python-version-unsupported", name, candidate, says, (other, theirs.version, side))
    if build.family is not None and theirs.family is not None and build.family != theirs.family:
        return _families(joint, name, candidate, other, pick)
    if (build.bundled and _has_cudnn(joint, other, pick)) or (theirs.bundled and _has_cudnn(joint, name, candidate)):
        says = say("left out: it and {other} {version} each bring their own copy of cuDNN", other=other, version=theirs.version)
        return _reason("two-cudnn-versions-in-env", name, candidate, says, (other, theirs.version, f"{other} {theirs.version}"))
    return _pins(joint, name, candidate, other, pick) or _break(joint, name, candidate, other, pick)


def _families(joint: Joint, name: str, candidate: Candidate, other: str, pick: Candidate) -> Reason:
    family, theirs = candidate.build.family, pick.build
    side = say("{name} {version} is built for CUDA {family}", name=other, version=theirs.version, family=theirs.family)
    says = (
        say(
            "left out: it needs CUDA {family}, {other} {version} is built for CUDA {theirs}",
            family=family,
            other=other,
            version=theirs.version,
            theirs=theirs.family,
        )
        if any(each.build.family == family for each in joint.sieve.field(other).candidates)
        else say("left out: it needs CUDA {family}, {other} has no CUDA {family} build", family=family, other=other)
    )
    return _reason("cuda-wheel-majors-mixed", name, candidate, says, (other, theirs.version, side))


def _has_cudnn(joint: Joint, name: str, candidate: Candidate) -> bool:
    return candidate.build.bundled or any(is_cudnn(each.requirement.name) for each in needs(joint, name, candidate))


def _pins(joint: Joint, name: str, candidate: Candidate, other: str, pick: Candidate) -> Reason | None:
    """Finds a library on which both admit no common version; of several the one that takes the fewest steps to."""
    theirs = list(needs(joint, other, pick))
    clashes = [
        (mine, their)
        for mine in needs(joint, name, candidate)
        for their in theirs
        if mine.requirement.name == their.requirement.name and not _common(joint, mine.requirement, their.requirement)
    ]
    # One of the two may be what the other requires: torchvision's own pin of torch.
    direct = [each for each in needs(joint, other, pick) if each.requirement.name == name and not _admits(joint, each.requirement, candidate)]
    straight = [each for each in needs(joint, name, candidate) if each.requirement.name == other and not _admits(joint, each.requirement, pick)]
    if direct:
        return _one_sided(name, candidate, other, direct[0], mine=False)
    if straight:
        return _one_sided(name, candidate, other, straight[0], mine=True, version=pick.build.version)
    if not clashes:
        return None
    mine, their = min(clashes, key=lambda pair: len(pair[0].path) + len(pair[1].path))
    both = {"mine": _text(mine.requirement), "owner": " ".join(their.path[-1]), "theirs": _pinned(their.requirement)}
    says = (
        say("left out: it needs {mine}, {owner} {theirs}", **both)
        if mine.path[-1][0] == name
        else say("left out: {holder} needs {mine}, {owner} {theirs}", holder=" ".join(mine.path[-1]), **both)
    )
    sides = (*_steps(mine), *_steps(their))
    because = tuple(sides) or (Reason(cause="dependency-pin-conflict", about=other, version=pick.build.version, says=f"{other} {pick.build.version}"),)
    if not any(each.about == other for each in because):
        because = (*because, Reason(cause="dependency-pin-conflict", about=other, version=pick.build.version, says=" ".join(their.path[-1])))
    build = candidate.build
    return Reason(cause="dependency-pin-conflict", about=name, version=build.version, says=says, sources=build.sources, because=because)


def _one_sided(name: str, candidate: Candidate, other: str, need: Need, *, mine: bool, version: str = "") -> Reason:
    requirement = _text(need.requirement)
    if not mine:
        says = say("left out: {holder} needs {requirement}", holder=" ".join(need.path[-1]), requirement=requirement)
    elif need.path[-1][0] == name:
        says = say("left out: it needs {requirement}, {other} is {version}", requirement=requirement, other=other, version=version)
    else:
        holder = " ".join(need.path[-1])
        says = say("left out: {holder} needs {requirement}, {other} is {version}", holder=holder, requirement=requirement, other=other, version=version)
    chosen = version or need.path[0][1]
    side = Reason(cause="dependency-pin-conflict", about=other, version=chosen, says=f"{other} {chosen}")
    return Reason(
        cause="dependency-pin-conflict", about=name, version=candidate.build.version, says=says, sources=candidate.build.sources, because=(*_steps(need), side)
    )


def _break(joint: Joint, name: str, candidate: Candidate, other: str, pick: Candidate) -> Reason | None:
    """Finds a break that the catalogue records between the two."""
    sides = {name: candidate.build.version, other: pick.build.version}
    for each in joint.sieve.catalogue.breaks:
        if {each.distribution, each.other} != set(sides):
            continue
        if sides[each.distribution] in joint.sieve.matching(each.distribution, each.versions) and sides[each.other] in joint.sieve.matching(
            each.other, each.other_versions
        ):
            says = say("left out: it does not work with {other} {version}: {why}", other=other, version=pick.build.version, why=each.says)
            side = Reason(cause=each.cause, about=other, version=pick.build.version, says=f"{other} {pick.build.version}")
            return Reason(cause=each.cause, about=name, version=candidate.build.version, says=says, sources=each.sources, because=(side,))
    return None


def needs(joint: Joint, name: str, candidate: Candidate) -> Iterator[Need]:
    """Gives what a build requires, and what its requirements require where only one version of them will do."""
    yield from _needs(joint, (), (name, candidate), candidate.build.extras)


def _needs(joint: Joint, path: tuple[tuple[str, str], ...], of: tuple[str, Candidate], extras: tuple[str, ...]) -> Iterator[Need]:
    reach, (name, candidate) = joint.ground.reach, of
    path = (*path, (name, candidate.build.version))
    position = reach.position(name, candidate)
    for edge in reach.edges.get((name, position), ()) if position is not None else ():
        if (edge.extra and edge.extra not in extras) or (edge.pythons is not None and edge.pythons != candidate.pythons):
            continue
        requirement = reach.requirements[edge.requirement]
        yield Need(path=path, requirement=requirement)
        admitted = reach.admits[edge.requirement]
        if len(admitted) == 1 and len(path) < DEEPEST and requirement.name not in dict(path):
            (only,) = admitted
            if (pinned := joint.sieve.candidate_at(requirement.name, only)) is not None:
                yield from _needs(joint, path, (requirement.name, pinned), tuple(dict.fromkeys((*pinned.build.extras, *requirement.extras))))


def _common(joint: Joint, one: Requirement, other: Requirement) -> bool:
    return bool(joint.sieve.admitted(one.name, one.specifier) & joint.sieve.admitted(other.name, other.specifier))


def _admits(joint: Joint, requirement: Requirement, candidate: Candidate) -> bool:
    return candidate.build.version in joint.sieve.matching(requirement.name, requirement.specifier)


def _steps(need: Need) -> Iterator[Reason]:
    """Gives the pins that lead to a need that is not the build's own, as links of the chain."""
    for (holder, version), (pinned, pinned_version) in zip(need.path, need.path[1:], strict=False):
        says = say("{holder} {version} pins {pinned} {pinned_version}", holder=holder, version=version, pinned=pinned, pinned_version=pinned_version)
        yield Reason(cause="dependency-pin-conflict", about=holder, version=version, says=says)


def _text(requirement: Requirement) -> str:
    clauses = sorted(requirement.specifier.split(","), key=lambda clause: not clause.startswith((">", "=", "~")))
    return f"{requirement.name} {','.join(clauses)}".strip()


def _pinned(requirement: Requirement) -> str:
    """Gives "pins 2.27.5", or "needs >=2.27.7"."""
    specifier = _text(requirement).removeprefix(requirement.name).strip()
    if specifier.startswith("==") and "," not in specifier:
        return say("pins {version}", version=specifier.removeprefix("=="))
    return say("needs {specifier}", specifier=specifier)


def _reason(cause: str, name: str, candidate: Candidate, says: str, side: tuple[str, str, str]) -> Reason:
    """Gives a reason against a release whose one link is what the other side says."""
    other, version, said = side
    because = (Reason(cause=cause, about=other, version=version, says=said),)
    return Reason(cause=cause, about=name, version=candidate.build.version, says=says, sources=candidate.build.sources, because=because)


def _order(python: str) -> tuple[int, ...]:
    return tuple(int(part) for part in python.split("."))
