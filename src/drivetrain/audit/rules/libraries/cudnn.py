"""The cuDNN that is installed against the one that a framework was built with, where no pin says it."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.builds import build_of
from drivetrain.audit.families import frameworks_behind, required_by
from drivetrain.audit.loader.asking import stem_of, untold
from drivetrain.audit.rule import Context, Rule
from drivetrain.catalogue.families import is_cudnn
from drivetrain.model.dotted import at_least, is_dotted
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    installed = [one for one in context.environment.installed if is_cudnn(one.name)]
    if not installed:
        yield RULE.clear("cudnn", say("no cuDNN is installed in this environment"))
        return
    if len(installed) > 1:
        yield _two(installed, required_by(context.environment))
    answers = [answer for one, needed in _built_with(context) if (answer := _answer(one, needed, _loaded(context, one, installed[-1]))) is not None]
    yield from answers
    if not answers and len(installed) == 1:
        yield RULE.clear("cudnn", say("{name} {version} is the cuDNN that was built for, or newer", name=installed[0].name, version=installed[0].version))


def _built_with(context: Context) -> Iterator[tuple[Installed, str]]:
    """Gives each framework and the cuDNN it was built with: the catalogue's finer version, else what its own files state."""
    for facts in context.environment.builds:
        one = context.environment.distribution(facts.distribution)
        if one is None or not facts.is_cuda_build:
            continue
        if one.name == "torch" and not any(line.startswith("nvidia-") for line in one.requires):
            continue  # It carries a cuDNN of its own inside.
        build = build_of(context, one) if context.catalogue.framework(one.name) else None
        if (needed := (build.cudnn if build else None) or facts.cudnn) and is_dotted(needed):
            yield one, needed


def _loaded(context: Context, one: Installed, cudnn: Installed) -> Installed:
    """Gives the cuDNN that the loader would take for this framework, where it is another than the installed one."""
    framework = context.catalogue.framework(one.name)
    if framework is None or framework not in context.loader.frameworks or untold(context):
        return cudnn
    found = next((each for each in context.loader.of(framework) if each.is_found and stem_of(each.soname) == "libcudnn"), None)
    if found is None or not found.version or found.distribution == cudnn.name:
        return cudnn
    return Installed(name=found.distribution or cudnn.name, version=found.version, path=found.path)


def _answer(one: Installed, needed: str, cudnn: Installed) -> Outcome | None:
    if not is_dotted(cudnn.version):
        return RULE.unknown(cudnn.name, say("{version} is no version that can be ordered", version=cudnn.version))
    major = needed.partition(".")[0]
    if cudnn.version.partition(".")[0] != major:
        return _found(one, needed, cudnn, "cudnn-major-version-mismatch")
    return None if at_least(cudnn.version, needed) else _found(one, needed, cudnn, RULE.cause)


def _found(one: Installed, needed: str, cudnn: Installed, cause: str) -> Outcome:
    bound = f"{cudnn.name}>={needed},<{int(needed.partition('.')[0]) + 1}"
    return RULE.found(
        one.name,
        say("{name} {version} was built with cuDNN {needed}, installed is {cudnn}", name=one.name, version=one.version, needed=needed, cudnn=cudnn.version),
        (Evidence(path=cudnn.path, text=f"{cudnn.name} {cudnn.version}"), Evidence(path=one.path, text=f"{one.name} {one.version}: cuDNN {needed}")),
        (Fix(says=say("install {requirement}", requirement=bound), edit=Edit(require=(bound,))),),
        cause=cause,
    )


def _two(installed: list[Installed], needers: dict[str, list[Installed]]) -> Outcome:
    names = ", ".join(f"{one.name} {one.version}" for one in installed)
    unneeded = tuple(one.name for one in installed if not needers.get(one.name))
    frameworks = tuple(dict.fromkeys(each.name for one in installed for each in frameworks_behind(one.name, needers)))
    fix = (
        Fix(says=say("remove {names}: nothing that is installed needs it", names=", ".join(unneeded)), edit=Edit(drop=unneeded))
        if unneeded and len(unneeded) < len(installed)
        else Fix(says=say("plan {frameworks} again: one cuDNN for all", frameworks=", ".join(frameworks)), edit=Edit(require=frameworks))
        if frameworks
        else Fix(says=say("keep the one of the CUDA family that the frameworks share"), safety="shown")
    )
    return RULE.found(
        "cudnn",
        say("{count} cuDNN are installed over each other: {names}", count=len(installed), names=names),
        [Evidence(path=one.path, text=f"{one.name} {one.version}") for one in installed],
        (fix,),
        cause="two-cudnn-versions-in-env",
        severity="warning",
    )


RULE = Rule(
    cause="cudnn-runtime-older-than-build",
    severity="error",
    check=_check,
    sources=("https://docs.nvidia.com/deeplearning/cudnn/latest/developer/forward-compatibility.html",),
)
