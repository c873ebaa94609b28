"""`fix`: what is wrong in an environment, the same request planned again for the machine as it is, and the smallest set of changes between the two."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.errors import IndexUnreachable, PrefixError, UsageError
from drivetrain.model.documents import FrozenMap
from drivetrain.model.environment import Environment, Installed
from drivetrain.model.fixing import Difference, Fixing, Mend
from drivetrain.model.lock import Lock
from drivetrain.model.outcome import Outcome
from drivetrain.model.plan import Edit, Plan, Refusal
from drivetrain.model.request import Request, Wish
from drivetrain.words import say
from drivetrain.workflows.change import added_by_hand, flags_of, wish_for
from drivetrain.workflows.keeping import Nearest, nearest
from drivetrain.workflows.order import Order
from drivetrain.workflows.prefixes import shown
from drivetrain.workflows.resolving import Bench

if TYPE_CHECKING:
    from drivetrain.install import Owner


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """An environment, what is wrong with it, and what it is for."""

    owner: Owner
    environment: Environment
    findings: tuple[Outcome, ...]
    notes: tuple[str, ...]
    request: Request


def fix(order: Order, *, apply: bool = False) -> Fixing:
    """Gives the changes, and makes them with `apply`; the order's own request counts for nothing, the environment's is taken.

    Raises PrefixError where there is no environment, and with `apply` where it is not ours.
    """
    from drivetrain.install import owner_of
    from drivetrain.workflows.up import bench_of

    owner = owner_of(order.prefix)
    case = _case(order, owner)
    name = shown(order.prefix)
    if not case.findings:
        return Fixing(prefix=name, ours=owner.kind == "ours", asked=_texts(case.request), says=say("; ").join(case.notes), kept=len(case.environment.installed))
    if apply and not order.here:
        raise UsageError(say("--apply changes this machine's environment, and another machine is meant"), say("leave --machine out, or leave --apply out"))
    if apply and owner.kind != "ours":
        raise _not_ours(order, case)
    order = dataclasses.replace(order, request=case.request, typed=replace(order.typed, requirements=_texts(case.request), flags=flags_of(case.request)))
    bench = bench_of(order)
    if not order.here:
        bench = replace(bench, interpreter=lambda plan: plan.python)
    order.progress.step(say("planning the smallest change"))
    found, says = _nearest(case, bench, order)
    done = _shown(case, found, name, says)
    order.progress.finish(say("planned: {count} distributions change", count=len(done.changes)))
    return _applied(order, done, found) if apply and isinstance(found.plan, Plan) else done


def _case(order: Order, owner: Owner) -> Case:
    from drivetrain.workflows.auditing import audit_of_scanned, with_drift
    from drivetrain.workflows.cache import cache_folder
    from drivetrain.workflows.drift import drift_of
    from drivetrain.workflows.facts import catalogue_for
    from drivetrain.workflows.loading import scanned

    environment = scanned(order.prefix, order.machine, here=order.here, cache=cache_folder(order.cache_dir))
    facts = catalogue_for(None, order.machine, cache_folder(order.cache_dir), here=False)
    drift = drift_of(owner, order.machine, facts)
    audit = with_drift(audit_of_scanned(environment, order.machine, facts, None, shown(order.prefix)), drift)
    # A warning of the audit is its reader's to judge; that the machine has lost its GPU is what somebody who asks for a fix wants mended.
    lost = {each.cause for each in drift if each.state == "found" and each.severity == "warning"}
    findings = tuple(each for each in audit.found() if each.severity == "error" or (each.severity == "warning" and each.cause in lost))
    notes = tuple(each.says for each in audit.found() if each.cause == "machine-changed")
    return Case(owner=owner, environment=environment, findings=findings, notes=notes, request=_request(owner, environment, order.prefix, facts))


def _request(owner: Owner, environment: Environment, prefix: Path, facts: Catalogue) -> Request:
    """Gives what the environment is for: as it was recorded, with what came in by hand; else as its own marks let one infer."""
    if owner.kind != "ours" or owner.request is None:
        return inferred(environment, facts)
    asked = {each.name for each in owner.request.wishes}
    added = tuple(_free(each) for each in added_by_hand(prefix, owner) if each.name not in asked)
    return replace(owner.request, wishes=(*owner.request.wishes, *added))


def inferred(environment: Environment, facts: Catalogue) -> Request:
    """Gives the request that an environment lets one infer: what was asked for by its marks and nothing else needs, and its frameworks with their companions.

    An environment made from a lock has everything marked, one of conda or of an old pip nothing: marks alone do not tell, and what others need
    comes along anyway.
    """
    needed = _needed(environment)
    marked = any(each.requested for each in environment.installed)
    chosen = [
        each
        for each in environment.installed
        if (each.name not in needed and (each.requested or not marked or _is_framework(each, facts))) or (each.requested and _is_framework(each, facts))
    ]
    kept = [each for each in chosen if (marked or _is_framework(each, facts)) and each.name not in ("pip", "setuptools", "wheel", "uv")]
    return Request(wishes=tuple(_free(each) for each in kept))


def _needed(environment: Environment) -> frozenset[str]:
    """Gives what distributions require of each other, but for their extras."""
    from drivetrain.formats.requirements import wish_of

    return frozenset(name for each in environment.installed for text in each.requires if "extra" not in text and (name := wish_of(text).name) != each.name)


def _is_framework(installed: Installed, facts: Catalogue) -> bool:
    return facts.framework(installed.name) is not None or facts.framework_of_companion(installed.name) is not None


def _free(installed: Installed) -> Wish:
    """Gives the wish for a distribution in any version; one that came from a folder or repository comes from there again."""
    from drivetrain.formats.requirements import wish_of

    return wish_for(installed) if installed.url else wish_of(installed.name, origin=say("what is installed"))


def _nearest(case: Case, bench: Bench, order: Order) -> tuple[Nearest, str]:
    """Gives the nearest plan; without the network the planned part of it."""
    failing = frozenset(name.strip() for each in case.findings for name in each.about.split(","))
    try:
        return nearest(case.request, case.environment, failing, bench), ""
    except IndexUnreachable as error:
        order.broke(error)
        return nearest(case.request, case.environment, failing, bench, locked=False), say(
            "only the planned part is shown, since no lock could be made: {why}", why=error.says
        )


def _shown(case: Case, found: Nearest, name: str, says: str) -> Fixing:
    ours = case.owner.kind == "ours"
    blank = Fixing(prefix=name, ours=ours, findings=case.findings, asked=_texts(case.request), plan=found.plan, says=says)
    if isinstance(found.plan, Refusal):
        return blank
    changes = differences(case.environment, found.plan, found.lock)
    causes = tuple(dict.fromkeys(each.cause for each in case.findings))
    edits = _edits(changes, found.plan, _variables(case, found.plan), causes, safe=ours)
    return replace(blank, changes=changes, edits=edits, kept=len(case.environment.installed) - sum(1 for each in changes if each.before is not None))


def differences(environment: Environment, plan: Plan, lock: Lock | None) -> tuple[Difference, ...]:
    """Gives what changes of the distributions: those that were asked for first; without a lock only what the plan names."""
    from drivetrain.formats.dist_info import normalised
    from drivetrain.formats.toml_tree import table_of

    # What conda installs beside Python's own distributions has no counterpart in a lock.
    old = {each.name: each.version for each in environment.installed if not each.path.startswith("conda-meta")}
    if lock is not None:
        packages = table_of(lock.text, lock.path).get("packages", [])
        new = {normalised(str(each["name"])): str(each.get("version") or "") for each in packages}
    else:
        new = old | {each.name: f"{each.version}+{each.local}" if each.local else each.version for each in plan.packages}
    names = [each for each in dict.fromkeys((*new, *old)) if not _same(old.get(each), new.get(each))]
    asked = {each.name: at for at, each in enumerate(plan.packages) if each.requested}
    order = sorted(names, key=lambda name: (asked.get(name, len(asked)), name))
    return tuple(Difference(name=name, before=old.get(name), after=new.get(name)) for name in order)


def _same(one: str | None, other: str | None) -> bool:
    """A folder or archive is locked without a version."""
    from packaging.version import InvalidVersion, Version

    if one is None or other is None or one == other:
        return one == other
    try:
        return not other or Version(one) == Version(other)
    except InvalidVersion:
        return False


def _variables(case: Case, plan: Plan) -> FrozenMap[str | None]:
    """Gives the variables that the environment sets in another way, None for one that it no longer sets."""
    old = case.owner.plan.variables if case.owner.plan else FrozenMap[str]({})
    changed: dict[str, str | None] = {name: value for name, value in plan.variables.items() if old.get(name) != value}
    changed.update({name: None for name in old if name not in plan.variables})
    return FrozenMap(changed)


def _edits(changes: tuple[Difference, ...], plan: Plan, variables: FrozenMap[str | None], causes: tuple[str, ...], *, safe: bool) -> tuple[Mend, ...]:
    """Gives one edit for each distribution that was asked for, and one for all that follow them."""
    safety: Literal["safe", "shown"] = "safe" if safe else "shown"
    requested = {each.name for each in plan.packages if each.requested}
    made = [Mend(says=said(each), edit=_edit(each), safety=safety, causes=causes) for each in changes if each.name in requested]
    rest = tuple(each for each in changes if each.name not in requested)
    if rest:
        says = say("{count} distributions follow: {names}", count=len(rest), names=", ".join(each.name for each in rest[:4]) + ("..." if len(rest) > 4 else ""))
        require = tuple(f"{each.name}=={each.after}" for each in rest if each.after)
        drop = tuple(each.name for each in rest if not each.after)
        made.append(Mend(says=says, edit=Edit(require=require, drop=drop), safety=safety, causes=causes))
    if variables:
        made.append(Mend(says=say("variables: {names}", names=", ".join(variables)), edit=Edit(variables=variables), safety=safety, causes=causes))
    if not made:
        made.append(Mend(says=say("the same versions, installed anew"), safety=safety, causes=causes))
    return tuple(made)


def said(change: Difference) -> str:
    """Says what becomes of one distribution."""
    if change.before is None:
        return say("{name} {version} comes in", name=change.name, version=change.after)
    if change.after is None:
        return say("{name} {version} goes", name=change.name, version=change.before)
    return f"{change.name} {change.before} → {change.after}"


def _edit(change: Difference) -> Edit:
    return Edit(require=(f"{change.name}=={change.after}",)) if change.after else Edit(drop=(change.name,))


def _texts(request: Request) -> tuple[str, ...]:
    return tuple(each.text or each.name for each in request.wishes)


def _applied(order: Order, done: Fixing, found: Nearest) -> Fixing:
    """Makes the environment anew as `up` does: staged, audited, proven, swapped in; the one that was there is kept."""
    from drivetrain.workflows.up import up

    bound = replace(order.request, constraints=(*order.request.constraints, *found.kept))
    made = up(dataclasses.replace(order, request=bound, keep=found.kept, upgrade=True, dry_run=False))
    plan = made.plan if made.plan is not None else done.plan
    return replace(done, plan=plan, up=made, applied=made.status == "done")


def _not_ours(order: Order, case: Case) -> PrefixError:
    name = shown(order.prefix)
    command = order.typed.bare("up", *_texts(case.request), "--prefix", f"{name.rstrip('/')}-fixed")
    return PrefixError(
        say("{prefix} was not made by drivetrain: nothing in it was touched", prefix=name), say("make one beside it that is: {command}", command=command)
    )
