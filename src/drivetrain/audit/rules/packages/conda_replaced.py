"""Packages of conda that pip has put others over: conda believes in its own still, and a build for the GPU may be gone."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.conda_records import without_records
from drivetrain.audit.condas_own import condas_again
from drivetrain.audit.replaced import is_cpu_build, is_for_gpu
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.outcome import Evidence, Outcome, Severity
from drivetrain.model.site_folder import CondaPackage
from drivetrain.words import say

_OTHERS = "pip-over-conda-package"


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    if (answer := without_records(context, RULE)) is not None:
        yield answer
        return
    replaced = [each for each in environment.conda if each.replaced_by]
    for each in replaced:
        if is_for_gpu(each):
            yield _of_gpu(context, each)
    others = [each for each in replaced if not is_for_gpu(each)]
    if others:
        yield _listed(context, others)
    if not replaced:
        yield RULE.clear(WHOLE, say("{count} packages of conda's stand as it left them", count=len(environment.conda)))


def _of_gpu(context: Context, package: CondaPackage) -> Outcome:
    cpu = is_cpu_build(context, package)
    wanted = bool(context.gpus) and context.runs_here and not context.meant_for_cpu
    severity: Severity = "error" if cpu and wanted else "warning"
    name = package.distribution or package.name
    says = (
        say("{tool} has put {name} {version}, a build for the CPU, over conda's build {build}", tool=package.replaced_with or "pip", name=name,
            version=package.replaced_by, build=f"{package.version} {package.build}")
        if cpu
        else say("{tool} has put {name} {version} over conda's build {build}, whose CUDA libraries it may not find", tool=package.replaced_with or "pip",
                 name=name, version=package.replaced_by, build=f"{package.version} {package.build}")
    )  # fmt: skip
    return RULE.found(name, says, _evidence(package), (condas_again(context, [package]),), severity=severity)


def _listed(context: Context, several: list[CondaPackage]) -> Outcome:
    names = ", ".join(f"{each.distribution or each.name} {each.version} → {each.replaced_by}" for each in several)
    known = any(context.catalogue.framework(each.distribution or each.name) is not None or each.name == "numpy" for each in several)
    return RULE.found(
        ", ".join(each.distribution or each.name for each in several[:3]),
        say("pip has put its own over what conda installed: {names}; conda knows nothing of it, and its next change brings back its own", names=names),
        [row for each in several for row in _evidence(each)],
        (condas_again(context, several),),
        cause=_OTHERS,
        severity="warning" if known else "note",
    )  # fmt: skip


def _evidence(package: CondaPackage) -> tuple[Evidence, ...]:
    text = f"{package.name} {package.version} {package.build} → {package.replaced_by} ({package.replaced_with or 'pip'})"
    return (Evidence(path=package.path, text=text),)


RULE = Rule(
    cause="pip-replaced-conda-gpu-build",
    severity="error",
    check=_check,
    sources=("https://docs.conda.io/projects/conda/en/latest/user-guide/tasks/manage-environments.html#using-pip-in-an-environment",),
)
