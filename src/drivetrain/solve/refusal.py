"""Explains why there is no stack: the relations that collide, and the smallest changes under which there is one, already planned."""

from __future__ import annotations

from msgspec import structs

from drivetrain.catalogue.families import is_cudnn
from drivetrain.catalogue.relations.markers import satisfies, version_of
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Reason, Refusal
from drivetrain.model.request import Request, Wish
from drivetrain.solve.aim import Planner
from drivetrain.solve.candidate import Candidate
from drivetrain.solve.candidates import Sieve
from drivetrain.solve.components import unmet_components
from drivetrain.solve.optimum import best_stack
from drivetrain.solve.reasons import deepest, readable
from drivetrain.solve.relaxations import relaxations_of
from drivetrain.solve.unserved import stopped_by, unserved
from drivetrain.words import say


def refusal_of(sieve: Sieve, asked: tuple[str, ...], request: Request, machine: Machine, *, plan: Planner | None) -> Refusal:
    """Gives the refusal of a request that has no stack; `plan` plans the ways out, None leaves them away."""
    reasons = unmet_components(request, sieve.target, machine) or _reasons(sieve, asked, request)
    return Refusal(refusal=reasons, relaxations=relaxations_of(sieve, asked, request, machine, reasons, plan) if plan else ())


def _reasons(sieve: Sieve, asked: tuple[str, ...], request: Request) -> tuple[Reason, ...]:
    if not sieve.target.pythons:
        wish = next((each for each in request.wishes if each.name == "python"), None)
        about = wish.text or f"python{wish.specifier}" if wish else "python"
        return (Reason(cause="python-not-installed", about=about, says=say("no Python that fits is on this machine; --fetch-python downloads one")),)
    empty = tuple(reason for name in asked if (reason := _empty(sieve, name, request)) is not None)
    return empty or _collision(sieve, asked, request)


def _empty(sieve: Sieve, name: str, request: Request) -> Reason | None:
    """Says why no build of a distribution passes on its own."""
    field = sieve.field(name)
    if field.candidates:
        return None
    about = _about(sieve, name, request)
    if not field.stopped:
        nearest = _nearest(sieve, name, request)
        says = (
            say("{about} does not exist: the nearest are {nearest}", about=about, nearest=", ".join(nearest))
            if nearest
            else say("{about} does not exist", about=about)
        )
        return Reason(cause="requested-version-does-not-exist", about=about, says=says)
    # The release that came furthest decides what is told; ties go to the newest.
    told = deepest(list(field.stopped)).reason
    further = {each.reason.cause: each.reason for each in field.stopped if each.reason.cause != told.cause}
    return structs.replace(told, about=about, because=(*told.because, *list(further.values())[:3]))


def _about(sieve: Sieve, name: str, request: Request) -> str:
    wish = _wish(sieve, name, request)
    return f"{wish.name}{wish.specifier}" if wish else name


def _wish(sieve: Sieve, name: str, request: Request) -> Wish | None:
    return next((each for each in request.wishes if each.specifier and not each.is_component and sieve.canonical(each.name) == name), None)


def _nearest(sieve: Sieve, name: str, request: Request) -> list[str]:
    versions = [each.version for each in sieve.catalogue.releases(name) if not each.yanked and not version_of(each.version).is_prerelease]
    wish = _wish(sieve, name, request)
    bound = wish.specifier.lstrip("=<>!~ ").split(",")[0].split("+")[0].removesuffix(".*") if wish else ""
    try:
        wanted = version_of(bound)
    except ValueError:
        return versions[:3]
    above = [each for each in versions if version_of(each) > wanted][-2:]
    below = [each for each in versions if version_of(each) < wanted][:2]
    return [*above, *below]


def _collision(sieve: Sieve, asked: tuple[str, ...], request: Request) -> tuple[Reason, ...]:
    """Finds a smallest set of what was asked for that has no common stack, by leaving out one after the other."""
    core = list(asked)
    # Frameworks are tried last, so that they stay: a companion that only brings its framework along tells nobody anything.
    for name in sorted(asked, key=lambda each: sieve.catalogue.framework(each) is not None):
        rest = tuple(each for each in core if each != name)
        if rest and best_stack(sieve, rest) is None:
            core = list(rest)
    # A framework that only comes along may do without the GPU; asked for itself it must use it.
    lenders = {name: framework for name in core if (framework := sieve.catalogue.framework(name)) is not None}
    borrowed = [name for name in asked if name not in core and any(name in framework.borrows for framework in lenders.values())]
    core += [name for name in borrowed if _serves_unasked(sieve, tuple(core), name)]
    texts = [_about(sieve, name, request) for name in core]
    if len(core) == 1:
        return (_alone(sieve, core[0], request),)
    pairs = _pairs(sieve, core)
    says = say("{names} have no common stack on this target", names=", ".join(texts))
    if len(core) == 2 and pairs:
        says = say("{names} do not go together here: {why}", names=", ".join(texts), why=pairs[0].says)
    return (Reason(cause=pairs[0].cause if len(pairs) == 1 else "dependency-pin-conflict", about=" + ".join(texts), says=says, because=pairs),)


def _serves_unasked(sieve: Sieve, core: tuple[str, ...], name: str) -> bool:
    """Tells whether a set has a stack as soon as one thing is not asked for itself."""
    request = sieve.request
    kept = tuple(each for each in request.wishes if each.is_component or sieve.canonical(each.name) != name)
    return best_stack(Sieve(structs.replace(request, wishes=kept), sieve.target, sieve.catalogue), core) is not None


def _alone(sieve: Sieve, name: str, request: Request) -> Reason:
    """One distribution passes every relation on its own, but none of its builds finds the libraries that it requires."""
    breaking = (each.other for each in sieve.catalogue.breaks if each.distribution == name)
    if (broken := next((found for other in dict.fromkeys(breaking) if (found := _broken(sieve, name, other)) is not None), None)) is not None:
        return structs.replace(broken, about=_about(sieve, name, request))
    field = sieve.field(name)
    newest = field.candidates[0] if field.candidates else None
    missing = {each.name: each for each in unserved(sieve, newest)} if newest else {}
    rows = [(each, deepest(list(stopped)).reason) for each in missing.values() if (stopped := stopped_by(sieve, each))]
    if newest is None or not rows:
        says = say("{about}: nothing that it requires fits this target", about=_about(sieve, name, request))
        return Reason(cause="dependency-pin-conflict", about=_about(sieve, name, request), says=says)
    requirement, why = rows[0]
    build = " ".join(filter(None, (name, newest.build.version, newest.build.build)))
    # "cudnn 9.1: ..." is named just before; "cudnn 9.1 is published in ..." is a sentence only whole.
    named = f"{why.about} {why.version}"
    tail = why.says.removeprefix(named).lstrip(":： ") if why.says.startswith((f"{named}:", f"{named}：")) else why.says
    says = say("{build} needs {requirement}: {why}", build=build, requirement=f"{requirement.name} {readable(requirement.specifier)}".strip(), why=tail)
    if len(sieve.target.capabilities) > 1 and why.cause == "compute-capability-not-in-build":
        says = say("{name} has no build for all of these GPUs: {why}", name=name, why=says)
    # What stops the other builds is told too: for GPUs of two generations each build may lack another one.
    others = {each.reason.says.replace(each.build.version, "").replace(each.build.build, ""): each.reason for each in reversed(field.stopped)}
    further = [each for each in reversed(list(others.values())) if each.cause == why.cause][:2]
    because = tuple({each.says: each for each in (*(reason for _, reason in rows), *further)}.values())
    return Reason(cause=why.cause, about=_about(sieve, name, request), says=says, sources=why.sources, because=because)


def _broken(sieve: Sieve, one: str, other: str) -> Reason | None:
    """The recorded break that every choice of two distributions would meet."""
    mine, theirs = sieve.field(one).candidates, sieve.field(other).candidates
    for each in sieve.catalogue.breaks if mine and theirs else ():
        if (each.distribution, each.other) != (one, other) or not all(satisfies(candidate.build.version, each.versions) for candidate in mine):
            continue
        if all(satisfies(candidate.build.version, each.other_versions) for candidate in theirs):
            says = say("{one} with {other} {version}: {why}", one=one, other=other, version=theirs[0].build.version, why=each.says)
            return Reason(cause=each.cause, about=one, says=says, sources=each.sources)
    return None


def _pairs(sieve: Sieve, core: list[str]) -> tuple[Reason, ...]:
    """Says for each pair of a colliding set what their newest candidates disagree on."""
    found = []
    for position, one in enumerate(core):
        for other in core[position + 1 :]:
            reason = _pair(sieve, one, other)
            if reason is not None:
                found.append(reason)
    return tuple(found)


def _pair(sieve: Sieve, one: str, other: str) -> Reason | None:
    mine, theirs = _comparable(sieve, one, other)
    families = ({each.build.family for each in sieve.field(name).candidates} - {None} for name in (one, other))
    left, right = families
    if left and right and not left & right:
        says = say(
            "{one} needs CUDA {left}, {other} CUDA {right}",
            one=one,
            left=", ".join(map(str, sorted(filter(None, left)))),
            other=other,
            right=", ".join(map(str, sorted(filter(None, right)))),
        )
        return Reason(cause="cuda-wheel-majors-mixed", about=one, says=says)
    if (broken := _broken(sieve, one, other) or _broken(sieve, other, one)) is not None:
        return broken
    if _two_copies(sieve, one, other) or _two_copies(sieve, other, one):
        says = say("{one} and {other} each bring their own copy of the CUDA libraries on this platform", one=one, other=other)
        return Reason(cause="two-cudnn-versions-in-env", about=one, says=says)
    if not mine.pythons & theirs.pythons:
        says = say(
            "{one} {version} has builds for Python {mine}, {other} {other_version} for {theirs}",
            one=one,
            version=mine.build.version,
            mine=", ".join(sorted(mine.pythons, key=version_of)),
            other=other,
            other_version=theirs.build.version,
            theirs=", ".join(sorted(theirs.pythons, key=version_of)),
        )
        return Reason(cause="python-version-unsupported", about=one, says=says)
    for requirement in mine.build.requires:
        for opposite in theirs.build.requires:
            if requirement.name != opposite.name or not _clash(sieve, requirement.name, requirement.specifier, opposite.specifier):
                continue
            says = say(
                "{one} {version} needs {library} {mine}, {other} {other_version} needs {theirs}",
                one=one,
                version=mine.build.version,
                library=requirement.name,
                mine=requirement.specifier,
                other=other,
                other_version=theirs.build.version,
                theirs=opposite.specifier,
            )
            return Reason(cause="dependency-pin-conflict", about=one, version=mine.build.version, says=says)
    return None


def _comparable(sieve: Sieve, one: str, other: str) -> tuple[Candidate, Candidate]:
    """Gives the newest two that share a Python, or else the newest of each: a pin that holds from some Python on leaves older ones a newer release."""
    left, right = sieve.field(one).candidates, sieve.field(other).candidates
    return next(((mine, theirs) for mine in left for theirs in right if mine.pythons & theirs.pythons), (left[0], right[0]))


def _two_copies(sieve: Sieve, one: str, other: str) -> bool:
    """Every build of one holds the CUDA libraries inside, and every build of the other brings cuDNN too."""
    held = all(each.build.bundled for each in sieve.field(one).candidates)
    brings = (each.build.bundled or any(is_cudnn(requirement.name) for requirement in each.build.requires) for each in sieve.field(other).candidates)
    return held and (is_cudnn(other) or all(brings))


def _clash(sieve: Sieve, name: str, one: str, other: str) -> bool:
    versions = [each.version for each in sieve.catalogue.releases(name)]
    return bool(versions) and bool(one) and bool(other) and not any(satisfies(each, one) and satisfies(each, other) for each in versions)
