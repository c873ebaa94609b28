"""The driver against the CUDA of what is installed."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.families import frameworks_behind, required_by
from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.target import target_of
from drivetrain.catalogue.drivers import minimum_driver
from drivetrain.catalogue.families import is_runtime
from drivetrain.catalogue.relations.driver import SOURCES, driver_serves
from drivetrain.model.dotted import minor
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit, Reason, Unknown
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    needs = list(_needs(context))
    if not needs or not context.runs_here or context.accelerator in ("cpu", "mps"):
        yield RULE.clear("driver", say("nothing here needs the driver") if not needs else say("planned for the CPU or for another operating system"))
        return
    if not context.gpus:
        yield RULE.clear("driver", say("the machine has no NVIDIA GPU"))
        return
    if context.machine.driver is None:
        yield _without_driver(context, needs)
        return
    target = target_of(context.machine, context.environment, context.gpus)
    for one, cuda in needs:
        answer = driver_serves(target, cuda)
        if isinstance(answer, Reason):
            yield _too_old(context, one, cuda, answer)
        elif isinstance(answer, Unknown):
            yield RULE.unknown(one.name, answer.says)
        else:
            yield RULE.clear(one.name, say("driver {driver} serves CUDA {cuda}", driver=target.driver, cuda=cuda))


def _needs(context: Context) -> Iterator[tuple[Installed, str]]:
    """Gives what loads CUDA and the CUDA it was made with; the runtime wheels stand for the frameworks that ship no CUDA of their own."""
    for facts in context.environment.builds:
        one = context.environment.distribution(facts.distribution)
        if one is not None and facts.is_cuda_build and facts.cuda and facts.distribution == "torch":
            yield one, minor(facts.cuda)
    for one in context.environment.installed:
        if is_runtime(one.name) and one.version.count(".") >= 1:
            yield one, minor(one.version)


def _too_old(context: Context, one: Installed, cuda: str, reason: Reason) -> Outcome:
    frameworks = _frameworks(context, one)
    driver = context.machine.driver
    needed = minimum_driver(cuda, context.environment.platform, wsl=context.machine.os.wsl is not None)
    fixes = [
        Fix(says=say("plan {frameworks} again: builds for the CUDA that this driver serves", frameworks=", ".join(frameworks)), edit=Edit(require=frameworks))
    ]
    if needed is not None:
        fixes.insert(0, Fix(says=say("update the driver to {driver} or newer", driver=needed), edit=Edit(driver=needed), safety="shown"))
    return RULE.found(
        one.name,
        reason.says,
        (
            Evidence(path=one.path, text=say("{name} {version}: CUDA {cuda}", name=one.name, version=one.version, cuda=cuda)),
            Evidence(
                text=say("driver {driver}: CUDA up to {ceiling}", driver=driver.version if driver else "", ceiling=(driver.cuda if driver else None) or "?")
            ),
        ),
        fixes,
        sources=reason.sources,
    )


def _without_driver(context: Context, needs: list[tuple[Installed, str]]) -> Outcome:
    about = context.gpus[0].name
    if context.machine.described:
        return RULE.unknown(about, say("the driver is not known"))
    frameworks = tuple(dict.fromkeys(name for one, _ in needs for name in _frameworks(context, one)))
    return RULE.found(
        about,
        say("no NVIDIA driver is installed, so everything here computes on the CPU"),
        [Evidence(path=one.path, text=say("{name} {version}: CUDA {cuda}", name=one.name, version=one.version, cuda=cuda)) for one, cuda in needs],
        (
            Fix(says=say("install the NVIDIA driver"), edit=Edit(driver=minimum_driver(needs[0][1], context.environment.platform)), safety="shown"),
            Fix(says=say("plan for the CPU: smaller builds"), edit=Edit(accelerator="cpu", require=frameworks), safety="unsafe"),
        ),
        cause="no-nvidia-driver",
        severity="warning",
    )


def _frameworks(context: Context, one: Installed) -> tuple[str, ...]:
    return tuple(each.name for each in frameworks_behind(one.name, required_by(context.environment))) or (one.name,)


RULE = Rule(cause="driver-too-old-for-cuda", severity="error", check=_check, sources=SOURCES)
