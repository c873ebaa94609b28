"""Proves an environment: which frameworks it holds, for which accelerator, and whether what ran is proof enough."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from drivetrain.model.environment import Environment
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan
from drivetrain.model.verdict import Proof, Subject, Verdict
from drivetrain.workflows.machine import has_usable_gpu, this_machine
from drivetrain.workflows.prefixes import shown
from drivetrain.workflows.progress import Progress, Silent


def proof_of(prefix: Path, progress: Progress | None = None) -> tuple[Proof, bool]:
    """Gives the proof of an environment on this machine, and whether a device check was due."""
    from drivetrain.install import owner_of
    from drivetrain.scan import scan

    machine, environment = this_machine(), scan(prefix, libraries=False)
    plan = owner_of(prefix).plan
    accelerator = plan.accelerator if plan else accelerator_of(environment, machine)
    done = proven(prefix, environment, machine, plan=plan, accelerator=accelerator, progress=progress)
    return done, accelerator == "cuda" and has_usable_gpu(machine)


def proven(
    prefix: Path,
    environment: Environment,
    machine: Machine,
    *,
    plan: Plan | None,
    accelerator: str,
    progress: Progress | None = None,
    final: Path | None = None,
) -> Proof:
    """Proves the environment at that path; `final` is where it will be when it lies in staging."""
    from drivetrain.prove import verify

    teller = progress or Silent()
    subjects = subjects_of(environment, plan, accelerator)
    verdicts: list[Verdict] = []

    def told(verdict: Verdict) -> None:
        verdicts.append(verdict)
        teller.advance(len(verdicts), 0, f"{verdict.framework} {verdict.device} {verdict.check}")

    variables = _variables(prefix)
    proof = verify(prefix, subjects, machine, accelerator=accelerator, variables=variables, progress=told)
    return replace(proof, prefix=shown(final or prefix))


def is_proven(proof: Proof, *, gpu_wanted: bool) -> bool:
    """Tells whether all that was not skipped passed, and on a machine with a usable GPU that the plan is for, something ran on it."""
    return not proof.failed() and (proof.device_checks_ran or not gpu_wanted or not proof.verdicts)


def subjects_of(environment: Environment, plan: Plan | None, accelerator: str) -> tuple[Subject, ...]:
    """Gives the frameworks that the environment holds, in the plan's order."""
    from drivetrain.frameworks import frameworks, script

    builds = {each.distribution: each.is_cuda_build for each in environment.builds}
    held = [(each, name) for each in frameworks() for name in (*each.names, each.distribution, *each.kept_names) if environment.distribution(name)]
    order = [each.name for each in plan.packages] if plan else []
    held.sort(key=lambda pair: order.index(pair[1]) if pair[1] in order else len(order))
    found: dict[str, Subject] = {}
    for framework, name in held:
        package = plan.package(name) if plan else None
        # Where the CUDA wheels have names of their own, the framework's own name is its CPU build.
        is_cpu_build = bool(framework.names) and name not in framework.names if builds.get(name) is None else not builds[name]
        on_gpu = accelerator != "cpu" and (package.build != "cpu" if package else not is_cpu_build)
        found.setdefault(
            framework.name,
            Subject(
                name=framework.name,
                distribution=name,
                import_name=framework.import_name,
                script=str(script(framework, "verify")),
                on_gpu=on_gpu,
            ),
        )
    return tuple(found.values())


def accelerator_of(environment: Environment, machine: Machine) -> str:
    """Gives what an environment that nobody planned is for: the GPU where there is one and a build for it."""
    if any(gpu.vendor == "apple" for gpu in machine.gpus):
        return "mps"
    built = any(each.is_cuda_build for each in environment.builds)
    return "cuda" if built and has_usable_gpu(machine) else "cpu"


def _variables(prefix: Path) -> dict[str, str | None]:
    """Gives the variables that activation would set, or unset (None), but for PATH, which the proof sets itself."""
    import os

    from drivetrain.install import activated

    inside = activated(prefix, os.environ)
    names = {name for name in {*inside, *os.environ} if os.environ.get(name) != inside.get(name)} - {"PATH", "VIRTUAL_ENV"}
    return {name: inside.get(name) for name in sorted(names)}
