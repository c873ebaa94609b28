"""Folders of CUDA in LD_LIBRARY_PATH that do not exist: mistyped, or of a toolkit that is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from drivetrain.audit.families import families_in
from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.variables import listed, not_told, set_to, shown, without
from drivetrain.model.machine import NamedFolder
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_NAME = "LD_LIBRARY_PATH"
_CUDA = re.compile(r"cuda|cudnn|nvidia|tensorrt|nccl", re.IGNORECASE)
_VERSION = re.compile(r"\d+\.\d+")
_OF_IMAGES = ("/usr/local/nvidia/lib", "/usr/local/nvidia/lib64")
"""NVIDIA's container images set them, whether or not something is mounted there; source: the Dockerfiles of nvidia/cuda."""


def _check(context: Context) -> Iterator[Outcome]:
    variables = context.variables
    if variables is None:
        yield not_told(RULE, context, _NAME)
        return
    entries = [each for each in listed(context, _NAME) if _CUDA.search(each) and each.rstrip("/") not in _OF_IMAGES and "$" not in each]
    looked = {each.path: each for each in context.named(_NAME)}
    missing = [folder for each in entries if (folder := looked.get(each)) is not None and not folder.exists]
    if missing:
        yield _found(context, missing)
    elif unseen := [each for each in entries if each not in looked]:
        yield RULE.unknown(_NAME, say("whether {paths} exists is not known", paths=", ".join(unseen)), evidence=[shown(_NAME, context)])
    else:
        yield RULE.clear(_NAME, say("every folder of CUDA in {name} exists", name=_NAME) if entries else say("{name} names no folder of CUDA", name=_NAME))


def _found(context: Context, missing: list[NamedFolder]) -> Outcome:
    paths = ", ".join(each.path for each in missing)
    own = bool(families_in(context.environment))
    says = (
        say("{name} names {paths}, which does not exist; the CUDA libraries of this environment are found without it", name=_NAME, paths=paths)
        if own
        else say("{name} names {paths}, which does not exist: no library is found there", name=_NAME, paths=paths)
    )
    literal = [each for each in missing if each.path.startswith("~")]
    evidence = [Evidence(path=each.path, text=say("missing")) for each in missing]
    if literal:
        evidence.append(Evidence(text=say("the loader does not know ~: write the home folder out")))
    return RULE.found(_NAME, says, evidence, _fixes(context, missing), severity="note" if own else "warning")


def _fixes(context: Context, missing: list[NamedFolder]) -> Iterator[Fix]:
    entries = listed(context, _NAME)
    for each in missing[:1]:
        version = _VERSION.search(each.path)
        # A toolkit of another version is no better spelling of this one.
        there = [f"{one.path}/lib64" for one in context.machine.toolkits if version is None or version[0] in one.path]
        if near := get_close_matches(each.path, there, n=1, cutoff=0.8):
            yield set_to(_NAME, ":".join(near[0] if entry == each.path else entry for entry in entries))
    yield without(context, _NAME, *missing)


RULE = Rule(cause="cuda-library-not-on-loader-path", severity="warning", check=_check, sources=("https://man7.org/linux/man-pages/man8/ld.so.8.html",))
