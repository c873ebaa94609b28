"""WSL's own libcuda, which Windows' driver brings: whether the loader finds it, and no other before it."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.model.library import SystemLibraries
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_FOLDER = "/usr/lib/wsl/lib"
_DRIVER = "libcuda.so.1"


def _check(context: Context) -> Iterator[Outcome]:
    system = context.environment.system
    if context.machine.os.wsl != "2" or context.environment.platform != "linux":
        yield RULE.clear("libcuda", say("the machine is not WSL 2"))
    elif system is None:
        yield RULE.unknown("libcuda", say("what lies outside the environment is not known: it is another machine's"))
    else:
        yield from _judged(context, system)


def _judged(context: Context, system: SystemLibraries) -> Iterator[Outcome]:
    path = _taken(system)
    if not path:
        if context.gpus and context.machine.driver is not None:
            yield _nowhere()
        else:
            yield RULE.clear("libcuda", say("no driver answers in WSL: another rule says why"))
    elif not _is_wsls(path, system):
        yield _foreign(path)
    elif "libcuda.so" not in system.cached and not any("libcuda.so" in each.names for each in system.folders):
        yield _unnumbered(path)
    else:
        yield RULE.clear("libcuda", say("the loader takes {path}, which Windows' driver brings", path=path))


def _taken(system: SystemLibraries) -> str:
    named = next((f"{each.path}/{_DRIVER}" for each in system.folders if each.why == "LD_LIBRARY_PATH" and _DRIVER in each.names), "")
    default = next((f"{each.path}/{_DRIVER}" for each in system.folders if each.why == "default" and _DRIVER in each.names), "")
    return named or system.cached.get(_DRIVER, "") or default


def _is_wsls(path: str, system: SystemLibraries) -> bool:
    links = {each.path: each.link for each in system.libraries}
    return path.startswith(_FOLDER) or links.get(path, "").startswith((_FOLDER, "/usr/lib/wsl/"))


def _nowhere() -> Outcome:
    return RULE.found(
        "libcuda",
        say("libcuda.so.1 is found nowhere: the loader does not look in {folder}, where Windows' driver puts it", folder=_FOLDER),
        (Evidence(path=_FOLDER, text=say("not searched")),),
        (
            Fix(
                says=say("let the loader look in {folder}", folder=_FOLDER),
                commands=(f"echo {_FOLDER} | sudo tee /etc/ld.so.conf.d/ld.wsl.conf", "sudo ldconfig"),
                safety="shown",
            ),
        ),
        severity="error",
    )


def _foreign(path: str) -> Outcome:
    return RULE.found(
        "libcuda",
        say("the loader takes {path}, of a Linux driver installed inside WSL, which has no kernel module there", path=path),
        (Evidence(path=path, text=say("before {folder}", folder=_FOLDER)),),
        (
            Fix(
                says=say("remove the Linux driver; WSL uses that of Windows"),
                commands=("sudo apt-get purge 'nvidia-driver-*' 'libnvidia-compute-*'",),
                safety="shown",
            ),
        ),
        severity="error",
    )


def _unnumbered(path: str) -> Outcome:
    return RULE.found(
        "libcuda",
        say("libcuda.so without its number is not found: what links with -lcuda (Triton, torch.compile) fails"),
        (Evidence(path=path, text=say("found as libcuda.so.1 alone")),),
        (Fix(says=say("make the link"), commands=(f"sudo ln -s {_FOLDER}/{_DRIVER} /usr/lib/x86_64-linux-gnu/libcuda.so",), safety="shown"),),
        severity="note",
    )


RULE = Rule(
    cause="wsl-driver-stub-missing",
    severity="error",
    check=_check,
    sources=("https://docs.nvidia.com/cuda/wsl-user-guide/index.html", "https://github.com/microsoft/WSL/issues/5663"),
)
