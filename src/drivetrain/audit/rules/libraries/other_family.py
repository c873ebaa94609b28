"""A CUDA library that a framework would load and that is older than the CUDA it was built with, or a cuDNN for another CUDA."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.loader.asking import answered, is_of_toolkit, is_older, stem_of
from drivetrain.audit.rule import Context, Rule
from drivetrain.catalogue.families import family_of, is_cudnn
from drivetrain.model.build import Framework
from drivetrain.model.loading import Loaded
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_NUMBERED_AS_CUDA = ("libcudart", "libnvrtc", "libnvJitLink", "libcupti", "libcublas", "libcublasLt")
"""Libraries whose own version is that of their CUDA (12.4.127 of CUDA 12.4); the others count for themselves. Source: versions.json of CUDA 11 to 13."""


def _check(context: Context) -> Iterator[Outcome]:
    yield from answered(RULE, context, _judged, say("each CUDA library that is loaded is of the CUDA that was built for, or newer"))


def _judged(context: Context, framework: Framework, answers: tuple[Loaded, ...]) -> Iterator[Outcome]:
    facts = context.loader.facts(framework)
    if facts is None or not facts.is_cuda_build or not facts.cuda:
        return
    used = _used(answers, _major(facts.cuda))
    cudnn = next((one for one in used if stem_of(one.soname) == "libcudnn" and is_cudnn(one.distribution)), None)
    if cudnn is not None and (family := family_of(cudnn.distribution, cudnn.version)) not in (None, _major(facts.cuda)):
        yield _cudnn(framework, cudnn, family or 0, facts.cuda)
    older = [one for one in used if is_of_toolkit(one.soname) and _is_older(one, facts.cuda)]
    if older:
        yield _older(framework, older, facts.cuda)


def _used(answers: tuple[Loaded, ...], family: int) -> list[Loaded]:
    """Gives what the framework and the libraries of its family ask for by name: what is opened ahead and then never asked for disturbs nothing."""
    of = {one.path: one for one in answers if one.is_new}
    asked = [one for one in answers if one.is_found and "/" not in one.name and one.by in of]
    mine = [one for one in asked if family_of(of[one.by].distribution, of[one.by].version) in (None, family)]
    return list({one.soname: one for one in mine}.values())


def _major(cuda: str) -> int:
    return int(cuda.partition(".")[0])


def _is_older(one: Loaded, cuda: str) -> bool:
    """Only what is certain: of an earlier CUDA family, or of the same one with an earlier number of its own."""
    family = family_of(one.distribution, one.version) if one.distribution else None
    if family is not None and family != _major(cuda):
        return family < _major(cuda)
    if stem_of(one.soname) not in _NUMBERED_AS_CUDA or "." not in cuda or one.version.partition(".")[0] != cuda.partition(".")[0]:
        return False
    return bool(is_older(one.version, cuda))


def _older(framework: Framework, older: list[Loaded], cuda: str) -> Outcome:
    first = older[0]
    says = say(
        "{framework} was built with CUDA {cuda} and would load {name} of {origin}",
        framework=framework.title, cuda=cuda, name=first.soname, origin=f"{first.distribution or first.path} {first.version}".strip(),
    )  # fmt: skip
    family = family_of(first.distribution, first.version) if first.distribution else None
    return RULE.found(
        framework.distribution,
        says,
        [Evidence(path=one.path, text=_why(one)) for one in older],
        (_again(framework),),
        severity="error" if family is not None and family < _major(cuda) else "warning",
    )


def _cudnn(framework: Framework, cudnn: Loaded, family: int, cuda: str) -> Outcome:
    says = say(
        "{framework} was built with CUDA {cuda}; the cuDNN that it would load is for CUDA {family}",
        framework=framework.title, cuda=cuda, family=family,
    )  # fmt: skip
    evidence = (Evidence(path=cudnn.path, text=f"{cudnn.distribution} {cudnn.version}"),)
    return RULE.found(framework.distribution, says, evidence, (_again(framework),), cause="cudnn-built-for-other-cuda-major", severity="error")


def _why(one: Loaded) -> str:
    origin = f"{one.distribution} {one.version}".strip()
    return say("{origin}, already loaded by then", origin=origin) if one.via == "loaded" else origin


def _again(framework: Framework) -> Fix:
    return Fix(
        says=say("plan {frameworks} again: with the libraries it was built for", frameworks=framework.distribution),
        edit=Edit(require=(framework.distribution,)),
    )


RULE = Rule(
    cause="cuda-lib-older-than-build",
    severity="warning",
    check=_check,
    sources=("https://docs.nvidia.com/cuda/cuda-c-best-practices-guide/index.html#cuda-compatibility-and-upgrades",),
)
