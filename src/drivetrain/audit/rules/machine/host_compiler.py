"""A gcc that the CUDA compiler refuses, where something is compiled for the GPU at run time."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.toolkits import compiler_version, compiling, newest_gcc
from drivetrain.model.dotted import minor
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    compilers = compiling(context)
    if not compilers or context.environment.platform != "linux" or not context.runs_here:
        yield RULE.clear("gcc", say("nothing here compiles with a CUDA toolkit"))
        return
    toolkit = compiler_version(context)
    gcc = next(((each.path, name.removeprefix("gcc-")) for each in context.named("CC") for name in each.holds if name.startswith("gcc-")), None)
    newest = newest_gcc(minor(toolkit[1])) if toolkit else None
    if toolkit is None or gcc is None or newest is None:
        yield RULE.unknown("gcc", say("which gcc and which nvcc would be used together is not known"))
    elif int(gcc[1]) <= newest:
        yield RULE.clear("gcc", say("nvcc of CUDA {version} takes gcc {gcc}", version=minor(toolkit[1]), gcc=gcc[1]))
    else:
        path, version = toolkit
        says = say(
            "nvcc of CUDA {version} refuses gcc {gcc}: {newest} is the newest that it takes, and {names} compile with it at run time",
            version=minor(version), gcc=gcc[1], newest=newest, names=", ".join(one.name for one in compilers),
        )  # fmt: skip
        install = Fix(
            says=say("install gcc {newest} beside it and name it to nvcc", newest=newest),
            commands=(f"export NVCC_PREPEND_FLAGS='-ccbin gcc-{newest}'",),
            safety="shown",
        )
        yield RULE.found("gcc", says, (Evidence(path=gcc[0], text=f"gcc {gcc[1]}"), Evidence(path=path, text=f"CUDA {version}")), (install,))


RULE = Rule(
    cause="host-compiler-too-new",
    severity="warning",
    check=_check,
    sources=("https://docs.nvidia.com/cuda/cuda-installation-guide-linux/#host-compiler-support-policy",),
)
