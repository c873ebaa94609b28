"""Computes the whole chain behind one thing of a plan: a release, chosen or left out, a shared library, CUDA, cuDNN or Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import structs

from drivetrain.catalogue.families import is_cudnn, is_runtime
from drivetrain.catalogue.relations.markers import version_of
from drivetrain.errors import UsageError
from drivetrain.formats.requirements import wish_of
from drivetrain.model.plan import Reason
from drivetrain.model.request import Wish
from drivetrain.solve.candidate import Candidate, Stopped
from drivetrain.solve.ground import age_days, ages
from drivetrain.solve.optimum import Joint, Stack
from drivetrain.solve.reasons import newer_versions, readable, reason_against
from drivetrain.solve.wheels import span
from drivetrain.words import say

OBJECTIVE = "best-stack"
"""The page of what makes one stack better than another: the cause of what no relation decides."""
MOST = 60
"""Releases that are told of; those that a specifier or a very old stack would add say nothing new."""

_LIBRARIES: dict[str, Callable[[str], bool]] = {
    "cuda": is_runtime,
    "cudnn": is_cudnn,
    "nccl": lambda name: name.startswith("nvidia-nccl"),
    "cublas": lambda name: name.startswith("nvidia-cublas"),
}


def explained(joint: Joint, stack: Stack, asked: str) -> tuple[Reason, ...]:
    """Gives the reasons about what was asked, "torch", "torch==2.14.1", "cudnn", "python", each with its chain; raises UsageError where there are none."""
    wish = wish_of(asked)
    if wish.name == "python":
        return tuple(_python(joint, stack))
    names = [joint.sieve.canonical(wish.name), *(name for name, _ in stack.picks if wish.name in _LIBRARIES and _LIBRARIES[wish.name](name))]
    name = next((each for each in names if stack.pick(each) is not None), None)
    if name is None:
        known = ", ".join(("python", "cuda", "cudnn", *joint.asked))
        raise UsageError(say("--why {name}: the plan does not hold it", name=asked), say("it can tell of {names}, and of each package in --json", names=known))
    if wish.specifier:
        return _of_version(joint, stack, name, wish)
    if name in joint.asked and ages(joint.sieve, name):
        return (*(_newer(joint, stack, name, version) for version in _newer_of(joint, stack, name)[:MOST]), *_of_build(joint, stack, name))
    return tuple(_library(joint, stack, name))


def _newer_of(joint: Joint, stack: Stack, name: str) -> list[str]:
    pick = stack.pick(name)
    return newer_versions(joint.sieve, name, pick) if pick is not None else []


def _of_version(joint: Joint, stack: Stack, name: str, wish: Wish) -> tuple[Reason, ...]:
    """Gives the reason of each release that a specifier admits, whether it was chosen, left out, or is older than the chosen one."""
    pick = stack.pick(name)
    assert pick is not None
    admitted = joint.sieve.matching(name, wish.specifier)
    versions = sorted(admitted, key=version_of, reverse=True)[:MOST]
    if not versions:
        every = sorted({slot.version for slot in joint.sieve.slots(name)}, key=version_of, reverse=True)
        raise UsageError(say("--why {name}: there is no such release", name=wish.text or name), say("the newest are {versions}", versions=", ".join(every[:4])))
    if pick.build.version in versions:
        return (*_of_build(joint, stack, name), *(_library(joint, stack, name) if name not in joint.asked else ()))
    newest = version_of(pick.build.version)
    return tuple(_newer(joint, stack, name, each) if version_of(each) > newest else _older(joint, stack, name, each) for each in versions)


def _newer(joint: Joint, stack: Stack, name: str, version: str) -> Reason:
    """Gives the deciding reason of a newer release, what every build of it meets, and what taking it would cost."""
    if name not in joint.asked or not ages(joint.sieve, name):
        return _newer_library(joint, stack, name, version)
    reason = reason_against(joint, stack, name, version)
    answers = joint.sieve.answers(name, version)
    if all(isinstance(each, Stopped) for each in answers):
        on_gpu = joint.sieve.target.accelerator == "cuda"
        stopped = (each for each in answers if isinstance(each, Stopped) and each.reason.says != reason.says)
        further = tuple(_build_stopped(each) for each in stopped if each.build.brings_cuda or not on_gpu)
        return structs.replace(reason, because=_once((*reason.because, *further)))
    return structs.replace(reason, because=_once((*reason.because, *_cost(joint, stack, name, version))))


def _build_stopped(stopped: Stopped) -> Reason:
    build = f"{stopped.build.version} {stopped.build.build}".rstrip()
    return structs.replace(stopped.reason, version=build, because=())


def _once(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    return tuple({each.says: each for each in reasons}.values())


def _cost(joint: Joint, stack: Stack, name: str, version: str) -> Iterator[Reason]:
    """Solves with the newer release held, to say what it would cost the others."""
    if not joint.goes({name: version}) or len(joint.asked) < 2:
        return
    other = joint.best(fixed=(name, version)) or whole(joint).best(fixed=(name, version))
    if other is None:
        others = say(" and ").join(each for each in joint.asked if each != name)
        says = say("with {name} {version} there is no stack with {others} at all", name=name, version=version, others=others)
        yield Reason(cause=OBJECTIVE, about=name, says=says)
        return
    changes = [text for each in joint.asked if each != name and (text := _change(joint, stack, other, each))]
    if changes:
        says = say("with {name} {version} the best stack has {changes}", name=name, version=version, changes=say(", ").join(changes))
        yield Reason(cause=OBJECTIVE, about=name, says=says)


def whole(joint: Joint) -> Joint:
    """Gives the program over every release, however old: what only a window lacks is not said to be missing."""
    memory: dict[tuple[str, ...], Joint] = joint.sieve.catalogue.memory.setdefault("whole-programs", {})
    if not joint.window:
        return joint
    known = memory.get(joint.asked)
    if known is None or known.sieve is not joint.sieve:
        known = memory[joint.asked] = Joint(joint.sieve, joint.asked, {})
    return known


def _change(joint: Joint, stack: Stack, other: Stack, name: str) -> str:
    mine, theirs = stack.pick(name), other.pick(name)
    if mine is None or theirs is None or mine.build.version == theirs.build.version:
        return ""
    newest = joint.sieve.newest_date(name)
    days = age_days(newest, theirs.build) - age_days(newest, mine.build)
    text = say("{name} {version} instead of {chosen}", name=name, version=theirs.build.version, chosen=mine.build.version)
    return f"{text} ({say('{days} days older', days=days)})" if days > 0 else text


def _older(joint: Joint, stack: Stack, name: str, version: str) -> Reason:
    """Gives why an older release was not taken: the chosen one is newer; and what speaks against it besides."""
    pick = stack.pick(name)
    assert pick is not None
    answers = joint.sieve.answers(name, version)
    says = say("{version} is not taken because {chosen}, which is newer, goes with everything else", version=version, chosen=pick.build.version)
    stopped = tuple(_build_stopped(each) for each in answers if isinstance(each, Stopped))
    beside = stopped if stopped and len(stopped) == len(answers) else ()
    if not answers:
        says = say("{version} is not what was asked for", version=version)
    return Reason(cause=beside[0].cause if beside else OBJECTIVE, about=name, version=version, says=says, because=_once(beside))


def _of_build(joint: Joint, stack: Stack, name: str) -> Iterator[Reason]:
    """Gives what speaks against the other builds of the chosen release; a companion's build follows that of its framework."""
    pick = stack.pick(name)
    assert pick is not None
    build, on_gpu = pick.build, joint.sieve.target.accelerator == "cuda"
    for answer in joint.sieve.answers(name, build.version):
        other = answer.build
        if other.build == build.build or joint.sieve.catalogue.framework(name) is None:
            continue
        cause, says = OBJECTIVE, say("the chosen build goes with the rest as well, and comes first among equals")
        if on_gpu and not other.brings_cuda:
            cause, says = "cpu-only-package-installed", say("it is the build without CUDA, and this stack is for the GPU")
        elif isinstance(answer, Stopped):
            cause, says = answer.reason.cause, answer.reason.says
        elif other.family != build.family and other.family is not None:
            cause = "cuda-wheel-majors-mixed"
            says = say("the stack is on CUDA {family}, this build is for CUDA {other}", family=build.family or "-", other=other.family)
        yield Reason(cause=cause, about=name, version=f"{build.version} {other.build}".rstrip(), says=says, sources=other.sources)


def _library(joint: Joint, stack: Stack, name: str) -> Iterator[Reason]:
    """Gives who in the stack needs a library and how, and what speaks against its newer releases."""
    pick = stack.pick(name)
    assert pick is not None
    chosen = pick.build.version
    holders = sorted(_holders(joint, stack, name), key=lambda row: ("==" not in row[2], "<" not in row[2], ">" not in row[2]))
    for holder, version, specifier in holders:
        needs = say(
            "{holder} {version} needs {name} {specifier}", holder=holder, version=version, name=name, specifier=readable(specifier) or say("of any version")
        )
        yield Reason(cause=OBJECTIVE, about=name, says=needs)
    if not holders:
        yield Reason(cause=OBJECTIVE, about=name, says=say("{name} {version} was asked for", name=name, version=chosen))
    for version in _newer_of(joint, stack, name)[:3]:
        yield _newer_library(joint, stack, name, version)


def _newer_library(joint: Joint, stack: Stack, name: str, version: str) -> Reason:
    """Gives why a newer release of a library was not taken: its own relations, whoever bounds it, or the CUDA release that all keep to."""
    stopped = [each for each in joint.sieve.answers(name, version) if isinstance(each, Stopped)]
    if stopped:
        return stopped[0].reason
    bounding = next((row for row in _holders(joint, stack, name) if version not in joint.sieve.matching(name, row[2])), None)
    if bounding is not None:
        says = say("left out: {holder} {holder_version} needs {specifier}", holder=bounding[0], holder_version=bounding[1], specifier=readable(bounding[2]))
        return Reason(cause="dependency-pin-conflict", about=name, version=version, says=says)
    says = say("left out: the libraries of one CUDA release are kept together, and those nearest to what was built against")
    return Reason(cause=OBJECTIVE, about=name, version=version, says=says)


def _holders(joint: Joint, stack: Stack, name: str) -> Iterator[tuple[str, str, str]]:
    """Gives (holder, its version, specifier) of each package in the stack that requires a distribution on the chosen Python."""
    reach = joint.ground.reach
    extras = {holder: set(candidate.build.extras) for holder, candidate in stack.picks}
    for holder, candidate in stack.picks:
        position = reach.position(holder, candidate)
        for edge in reach.edges.get((holder, position), ()) if position is not None else ():
            requirement = reach.requirements[edge.requirement]
            if requirement.name != name or (edge.pythons is not None and stack.python not in edge.pythons):
                continue
            if not edge.extra or edge.extra in extras[holder] or _turned_on(joint, stack, holder, edge.extra):
                yield holder, candidate.build.version, requirement.specifier


def _turned_on(joint: Joint, stack: Stack, holder: str, extra: str) -> bool:
    reach = joint.ground.reach
    for other, candidate in stack.picks:
        position = reach.position(other, candidate)
        for edge in reach.edges.get((other, position), ()) if position is not None else ():
            requirement = reach.requirements[edge.requirement]
            if requirement.name == holder and extra in requirement.extras:
                return True
    return False


def _python(joint: Joint, stack: Stack) -> Iterator[Reason]:
    """Gives what speaks against each Python that comes before the chosen one."""
    for python in joint.sieve.target.pythons:
        if python == stack.python:
            break
        lacking = sorted(((name, pick) for name, pick in stack.picks if python not in pick.pythons), key=lambda row: row[0] not in joint.asked)
        says = (
            say(
                "left out: {name} {version} has builds for Python {served}",
                name=lacking[0][0],
                version=lacking[0][1].build.version,
                served=_served(lacking[0][1]),
            )
            if lacking
            else say("left out: what the stack requires cannot be had together on it")
        )
        because = tuple(
            Reason(
                cause="python-version-unsupported",
                about=name,
                version=pick.build.version,
                says=say("{name} {version} has builds for Python {served}", name=name, version=pick.build.version, served=_served(pick)),
            )
            for name, pick in lacking[1:4]
        )
        yield Reason(cause="python-version-unsupported", about="python", version=python, says=says, because=because)


def _served(pick: Candidate) -> str:
    return span(sorted(pick.pythons, key=lambda each: tuple(map(int, each.split(".")))))
