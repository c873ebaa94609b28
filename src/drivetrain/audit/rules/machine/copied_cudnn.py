"""A cuDNN that was copied over a toolkit which held another: headers of one version, libraries of another, or libraries of two."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivetrain.audit.families import families_in
from drivetrain.audit.rule import Context, Rule
from drivetrain.model.machine import Cudnn
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_PLACE = re.compile(r"^(.+?)[/\\](?:include|lib64|lib|bin)(?:[/\\].*)?$")
_LIBRARY = re.compile(r"libcudnn\w*\.so\.(\d+)$")


def _check(context: Context) -> Iterator[Outcome]:
    if context.machine.described or not context.runs_here:
        yield RULE.unknown("cuDNN", say("which cuDNNs lie on that machine is not known"))
        return
    roots: dict[str, list[Cudnn]] = {}
    for each in context.machine.cudnn:
        if (found := _PLACE.match(each.path)) is not None:
            roots.setdefault(found[1], []).append(each)
    mixed = [outcome for root, several in roots.items() if (outcome := _judged(context, root, several)) is not None]
    yield from mixed or [RULE.clear("cuDNN", say("no cuDNN of this machine was copied over another"))]


def _judged(context: Context, root: str, several: list[Cudnn]) -> Outcome | None:
    headers = sorted({each.version for each in several if each.path.endswith(".h")})
    by_major: dict[str, set[str]] = {}
    for each in several:
        if (found := _LIBRARY.search(each.path)) is not None:
            by_major.setdefault(found[1], set()).add(each.version)
    libraries = sorted({version for versions in by_major.values() for version in versions})
    two = next((sorted(versions) for versions in by_major.values() if len(versions) > 1), None)
    if two is not None:
        says = say("{root} holds libraries of cuDNN {versions} under one name: cuDNN refuses to start", root=root, versions=", ".join(two))
    elif headers and libraries and not set(headers) & set(libraries):
        says = say("{root} holds the headers of cuDNN {header} and the libraries of {library}", root=root, header=headers[0], library=libraries[0])
    else:
        return None
    own = bool(families_in(context.environment))
    evidence = [Evidence(path=each.path, text=f"cuDNN {each.version}") for each in several]
    fix = Fix(says=say("delete every cudnn* file of that folder and install one cuDNN there, from NVIDIA's package"), safety="shown")
    # Wheels bring a cuDNN of their own; what lies in a toolkit counts for them only where LD_LIBRARY_PATH puts it first.
    return RULE.found("cuDNN", says, evidence, (fix,), severity="note" if own else "warning")


RULE = Rule(
    cause="cudnn-copied-over-another",
    severity="warning",
    check=_check,
    sources=("https://docs.nvidia.com/deeplearning/cudnn/installation/latest/linux.html",),
)
