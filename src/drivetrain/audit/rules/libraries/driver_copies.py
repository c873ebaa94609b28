"""A driver's library that is not the driver's: one inside the environment, or one that a container's image brings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.model.library import Library
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_DRIVER = re.compile(r"lib(?:cuda|nvidia-ml|nvidia-ptxjitcompiler)\.so(?:\.(\d+(?:\.\d+)*))?")
_KEPT_APART = ("/stubs/", "compat", "wsl")
"""Stubs are another rule's; `cuda-compat` is meant to come before the driver's, and lies in a folder of its own."""


def _check(context: Context) -> Iterator[Outcome]:
    inside = [each for each in context.environment.libraries if _is_driver(each)]
    if not context.environment.libraries and context.environment.installed:
        yield RULE.unknown("libcuda", say("its shared libraries were not read"))
    elif inside:
        yield _found_inside(inside)
    elif (other := _other(context)) is not None:
        yield _found_other(context, *other)
    elif context.environment.system is None:
        yield RULE.unknown("libcuda", say("what lies outside the environment is not known: it is another machine's"))
    else:
        yield RULE.clear("libcuda", say("no library of a driver lies in the environment, and the system's is of one version with the driver"))


def _is_driver(library: Library) -> bool:
    path = f"/{library.path}"
    return _DRIVER.fullmatch(library.name) is not None and library.bytes > 0 and not any(each in path for each in _KEPT_APART)


def _other(context: Context) -> tuple[str, str] | None:
    """Gives path and version of a container's libcuda where it is another driver's than the one that runs; on a host the probe itself says so."""
    system, driver = context.environment.system, context.machine.driver
    if not context.machine.os.container:
        return None
    path = system.cached.get("libcuda.so.1", "") if system else ""
    library = next((each for each in system.libraries if each.path == path), None) if system and path else None
    if library is None or driver is None or context.machine.os.wsl or context.machine.described or driver.source == "libcuda":
        return None
    found = _DRIVER.fullmatch((library.link or library.path).rpartition("/")[2])
    version = found[1] if found else None
    return (library.link or path, version) if version and version.count(".") and version != driver.version else None


def _found_inside(inside: list[Library]) -> Outcome:
    names = ", ".join(sorted({each.name for each in inside}))
    return RULE.found(
        "libcuda",
        say("{names} lies in the environment; only the driver's own, on the host, fits its kernel module", names=names),
        [Evidence(path=each.path, text=each.link or "") for each in inside[:5]],
        (Fix(says=say("remove it, and the package that brought it, from the environment"), safety="shown"),),
        severity="warning",
    )


def _found_other(context: Context, path: str, version: str) -> Outcome:
    driver = context.machine.driver
    assert driver is not None
    says = say("the loader takes libcuda {version}, the driver that runs is {driver}", version=version, driver=driver.version)
    fix = Fix(
        says=say("remove the driver's packages from the image: the host brings them in"), commands=("apt-get purge 'libnvidia-compute-*'",), safety="shown"
    )
    return RULE.found("libcuda", says, (Evidence(path=path, text="ld.so.cache"),), (fix,))


RULE = Rule(
    cause="driver-libs-installed-inside-container",
    severity="error",
    check=_check,
    sources=("https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html",),
)
