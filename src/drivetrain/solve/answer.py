"""Answers a request: a plan with its reasons, or a refusal with its relaxations."""

from __future__ import annotations

import re

from msgspec import structs

from drivetrain.catalogue import Catalogue
from drivetrain.errors import UsageError
from drivetrain.model.build import Target
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan, Reason, Refusal
from drivetrain.model.request import Request, Wish
from drivetrain.solve.aim import Planner, findings_of, target_of
from drivetrain.solve.alternatives import alternatives_of
from drivetrain.solve.by_name import refused_by_name
from drivetrain.solve.candidate import held_on
from drivetrain.solve.candidates import Sieve
from drivetrain.solve.components import unmet_components
from drivetrain.solve.conda import engine_reason, stack_of_engine, without_conda
from drivetrain.solve.left_out import left_out
from drivetrain.solve.optimum import Joint, Stack
from drivetrain.solve.other_names import other_names
from drivetrain.solve.planned import plan_of
from drivetrain.solve.reasons import reasons_of
from drivetrain.solve.served import with_frameworks
from drivetrain.solve.silent_faults import silent_faults
from drivetrain.solve.ties import addressed
from drivetrain.solve.typed_extras import brings_cuda
from drivetrain.words import say


def solve(
    request: Request, machine: Machine, catalogue: Catalogue, *, relaxations: bool = True, alternatives: bool = False, why: str | None = None
) -> Plan | Refusal:
    """Gives the best stack under the objective, or a refusal.

    `relaxations=False` leaves the ways out of a refusal unplanned; `alternatives` plans every other stack worth naming;
    `why` names what is to be told of with the whole chain behind it: "torch", "torch==2.14.1", "cudnn", "python", or "" for all that was asked for.
    Raises UsageError for a request that names nothing, or a framework that does not exist.
    """
    request, catalogue = addressed(_normalised(request, machine, catalogue), catalogue)
    if (refused := refused_by_name(request, machine, _planner(catalogue) if relaxations else None)) is not None:
        return refused
    answer = _solved(request, machine, catalogue, ways_out=relaxations, why=why)
    answer = structs.replace(answer, findings=(*answer.findings, *silent_faults(answer, request, catalogue)))
    if not isinstance(answer, Plan) or not relaxations:
        return answer
    others = alternatives_of(answer, request, machine, _planner(catalogue), catalogue=catalogue, every=alternatives)
    return structs.replace(answer, alternatives=others)


def best_plan(request: Request, machine: Machine, catalogue: Catalogue) -> Plan | None:
    """Gives the best stack, None where there is none: for whoever compares many and asks for no explanation of those that fail."""
    request, catalogue = addressed(_normalised(request, machine, catalogue), catalogue)
    if refused_by_name(request, machine, None) is not None:
        return None
    answer = _solved(request, machine, catalogue, ways_out=False, explained=False)
    return answer if isinstance(answer, Plan) else None


def _planner(catalogue: Catalogue) -> Planner:
    """Gives what plans a changed request."""

    def planned(request: Request, machine: Machine) -> Plan | Refusal:
        return _solved(request, machine, catalogue, ways_out=False, explained=False)

    return planned


def _solved(request: Request, machine: Machine, catalogue: Catalogue, *, ways_out: bool, explained: bool = True, why: str | None = None) -> Plan | Refusal:
    """Answers a request that was checked before; `explained=False` leaves a refusal bare, for whoever only looks for plans."""
    target = target_of(request, machine, catalogue.frameworks)
    findings = (*findings_of(target, machine), *left_out(request, machine))
    # A changed request that leaves a framework out may need another in its place: what comes along is told here, for every request anew.
    wishes = with_frameworks(request.wishes, catalogue)
    request = structs.replace(request, wishes=tuple(each for each in wishes if not each.marker or held_on(each, target)))
    asked = asked_of(request, catalogue)
    sieve = Sieve(request, target, catalogue)
    unmet = unmet_components(request, target, machine)
    found = None if unmet else stack_of_engine(sieve, asked, machine)
    if found is None and not explained:
        return Refusal(refusal=())
    if found is None:
        from drivetrain.solve.refusal import refusal_of  # 5 ms that a plan can do without

        refusal = refusal_of(sieve, asked, request, machine, plan=_planner(catalogue) if ways_out else None)
        return structs.replace(refusal, findings=findings)
    stack, joint = found
    plan = plan_of(joint, stack, machine, request)
    reasons = (*_renamed(request, catalogue), *_extras_left_out(request, target, catalogue), *other_names(plan, request, catalogue))
    if plan.engine == "conda" and request.engine == "auto" and explained:
        from drivetrain.solve.refusal import refusal_of

        reasons = (engine_reason(refusal_of(without_conda(sieve), asked, request, machine, plan=None).refusal), *reasons)
    reasons = (*reasons, *reasons_of(joint, stack))
    if why is not None:
        reasons = _in_full(reasons, joint, stack, why)
    return structs.replace(plan, reasons=reasons, findings=(*findings, *plan.findings))


def _in_full(reasons: tuple[Reason, ...], joint: Joint, stack: Stack, why: str) -> tuple[Reason, ...]:
    """Puts the whole chain in place of the reasons about what was asked."""
    from drivetrain.solve.why import explained

    if why == "conda":
        return reasons
    told = tuple(reason for each in ([why] if why else joint.asked) for reason in explained(joint, stack, each))
    said = {(each.about, each.version) for each in told}
    return (*told, *(each for each in reasons if (each.about, each.version) not in said))


def asked_of(request: Request, catalogue: Catalogue) -> tuple[str, ...]:
    """Gives the distributions asked for that the catalogue plans, in the request's order, each once."""
    names = []
    for wish in request.wishes:
        if wish.is_component or (wish.url and not wish.specifier):
            continue
        framework = catalogue.framework(wish.name)
        name = framework.distribution if framework and wish.name not in framework.kept_names else wish.name
        if name in catalogue.distributions or (framework is not None and framework.names):
            names.append(name)
    return tuple(dict.fromkeys(names))


def _normalised(request: Request, machine: Machine, catalogue: Catalogue) -> Request:
    """Adds the configuration's own constraints (this machine only), and refuses a name that is one slip away from a framework."""
    from drivetrain.formats.requirements import wish_of

    if not request.wishes:
        raise UsageError(say("nothing was asked for"), say("name what you need: drivetrain plan torch"))
    _check_gpus(request, machine)
    known = [name for each in catalogue.frameworks for name in (each.distribution, *each.companions)]
    for wish in request.wishes:
        _check_name(wish, known, catalogue)
    own = () if machine.described else tuple(wish_of(text, origin=say("the package index configuration")) for text in machine.constraints)
    wishes = tuple(_whole(each, machine, catalogue) for each in request.wishes)
    return structs.replace(request, wishes=wishes, constraints=(*request.constraints, *own))


def _check_gpus(request: Request, machine: Machine) -> None:
    """Refuses a number that is no GPU's: leaving it out would plan for fewer GPUs than were meant, or for none."""
    count = len(machine.nvidia_gpus)
    beyond = [each for each in request.gpus or () if not 0 <= each < count]
    if beyond or request.gpus == ():
        value = ",".join(map(str, request.gpus or ()))
        known = say("it has {count} of NVIDIA, numbered from 0", count=count) if count else say("it has none of NVIDIA")
        raise UsageError(say("--gpus {value}: the machine has no such GPU", value=value or '""'), known)


def _whole(wish: Wish, machine: Machine, catalogue: Catalogue) -> Wish:
    """Gives the framework for a wish that names the part of it that was made for one system; a version of that part stays asked for where it exists."""
    for framework in catalogue.frameworks:
        os = dict(framework.parts).get(wish.name)
        if os and not wish.url and not (wish.specifier and machine.os.family == os):
            return structs.replace(wish, name=framework.distribution, text=wish.text or f"{wish.name}{wish.specifier}")
    return wish


def _check_name(wish: Wish, known: list[str], catalogue: Catalogue) -> None:
    if wish.is_component or wish.url or wish.name in catalogue.distributions or catalogue.framework(wish.name):
        return
    for framework in catalogue.frameworks:
        if framework.nightly_index and wish.name in framework.nightly_index[0]:
            raise UsageError(
                say(
                    "{name}: nightly builds of {title} lie on an index of their own, under the name {own}",
                    name=wish.name,
                    title=framework.title,
                    own=framework.distribution,
                ),
                say("drivetrain plan {own} --pre --refresh --index {url}", own=framework.distribution, url=framework.nightly_index[1]),
            )
    import difflib

    near = [each for each in difflib.get_close_matches(wish.name, known, n=3, cutoff=0.8) if not wish.name.startswith(each)]
    if near:
        raise UsageError(say("{name}: no framework of that name", name=wish.name), say("nearest: {names}", names=", ".join(near)))


def _typed_name(wish: Wish) -> str:
    return re.split(r"[^A-Za-z0-9._-]", wish.text)[0].lower().replace("_", "-")


def _extras_left_out(request: Request, target: Target, catalogue: Catalogue) -> tuple[Reason, ...]:
    """On a CPU an extra that brings CUDA is left out, and said."""
    found = []
    for wish in request.wishes if target.accelerator != "cuda" else ():
        framework = catalogue.framework(wish.name)
        if framework and (extras := brings_cuda(wish, framework)):
            says = say(
                "{name}[{extras}] is planned without the extra: it brings CUDA, and this is a stack for the CPU", name=wish.name, extras=",".join(extras)
            )
            found.append(Reason(cause="cuda-build-on-cpu", about=framework.distribution, says=says))
    return tuple(found)


def _renamed(request: Request, catalogue: Catalogue) -> tuple[Reason, ...]:
    found = []
    for wish in request.wishes:
        framework = catalogue.framework(wish.name)
        old = next((each for each, _ in (*framework.renamed, *framework.parts) if each in (wish.name, _typed_name(wish))), None) if framework else None
        if framework and old and not wish.url:
            says = say("{old} is planned as {new}: the package of that name is no longer made", old=old, new=framework.distribution)
            found.append(Reason(cause="removed-package-name", about=framework.distribution, says=says, sources=framework.sources))
    return tuple(found)
