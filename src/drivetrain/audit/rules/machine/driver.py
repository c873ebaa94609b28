"""The driver against the CUDA of what is installed."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.families import frameworks_behind, required_by
from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.target import target_of
from drivetrain.catalogue.drivers import minimum_driver
from drivetrain.catalogue.families import is_runtime
from drivetrain.catalogue.relations.driver import SOURCES, driver_serves
from drivetrain.model.dotted import dotted, is_dotted, minor
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit, Reason, Unknown
from drivetrain.words import say

EXPLAINED = (
    *("container-without-gpu", "container-driver-lib-not-on-loader-path", "driver-library-version-mismatch", "nouveau-active"),
    *("kernel-module-not-built-for-running-kernel", "wsl-driver-stub-missing", "wsl-without-gpu-support"),
)
"""What the probe notes where a driver is out of reach and not missing."""


def _check(context: Context) -> Iterator[Outcome]:
    needs = _needs(context)
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
    for cuda, several in needs.items():
        answer = driver_serves(target, cuda)
        if isinstance(answer, Reason):
            yield _too_old(context, cuda, several, answer)
        elif isinstance(answer, Unknown):
            yield RULE.unknown(f"CUDA {cuda}", answer.says)
        else:
            yield RULE.clear(f"CUDA {cuda}", say("driver {driver} serves CUDA {cuda}", driver=target.driver, cuda=cuda))


def _needs(context: Context) -> dict[str, list[Installed]]:
    """Gives what loads each CUDA; the runtime wheels stand for the frameworks that ship no CUDA of their own."""
    needs: dict[str, list[Installed]] = {}
    torch, facts = context.environment.distribution("torch"), context.facts("torch")
    if torch is not None and facts is not None and facts.is_cuda_build and facts.cuda:
        needs.setdefault(minor(facts.cuda), []).append(torch)
    for one in context.environment.installed:
        if is_runtime(one.name) and "." in one.version and is_dotted(minor(one.version)):
            needs.setdefault(minor(one.version), []).append(one)
    return needs


def _too_old(context: Context, cuda: str, several: list[Installed], reason: Reason) -> Outcome:
    frameworks = _frameworks(context, several)
    driver = context.machine.driver
    needed = minimum_driver(cuda, context.environment.platform, wsl=context.machine.os.wsl is not None)
    fixes = [
        Fix(says=say("plan {frameworks} again: builds for the CUDA that this driver serves", frameworks=", ".join(frameworks)), edit=Edit(require=frameworks))
    ]
    if needed is not None:
        fixes.insert(0, Fix(says=say("update the driver to {driver} or newer", driver=needed), edit=Edit(driver=needed), safety="shown"))
    stated = say("driver {driver}: CUDA up to {ceiling}", driver=driver.version if driver else "", ceiling=(driver.cuda if driver else None) or "?")
    return RULE.found(", ".join(frameworks), reason.says, (*_evidence(cuda, several), Evidence(text=stated)), fixes, sources=reason.sources)


def _evidence(cuda: str, several: list[Installed]) -> list[Evidence]:
    return [Evidence(path=one.path, text=say("{name} {version}: CUDA {cuda}", name=one.name, version=one.version, cuda=cuda)) for one in several]


def _without_driver(context: Context, needs: dict[str, list[Installed]]) -> Outcome:
    about = context.gpus[0].name
    if context.machine.described:
        return RULE.unknown(about, say("the driver is not known"))
    if any(each.cause in EXPLAINED for each in context.machine.notes):
        return RULE.clear(about, say("why no driver answers is told on its own"))
    frameworks = _frameworks(context, [one for several in needs.values() for one in several])
    return RULE.found(
        about,
        say("no NVIDIA driver is installed, so everything here computes on the CPU"),
        [evidence for cuda, several in needs.items() for evidence in _evidence(cuda, several)],
        (
            Fix(says=say("install the NVIDIA driver"), edit=Edit(driver=minimum_driver(max(needs, key=dotted), context.environment.platform)), safety="shown"),
            Fix(says=say("plan for the CPU: smaller builds"), edit=Edit(accelerator="cpu", require=frameworks), safety="unsafe"),
        ),
        cause="no-nvidia-driver",
        severity="warning",
    )


def _frameworks(context: Context, several: list[Installed]) -> tuple[str, ...]:
    """Gives the frameworks that need these, or what nothing needs itself."""
    needers = required_by(context.environment)
    return tuple(dict.fromkeys(each.name for one in several for each in (frameworks_behind(one.name, needers) or [one])))


RULE = Rule(cause="driver-too-old-for-cuda", severity="error", check=_check, sources=SOURCES)
