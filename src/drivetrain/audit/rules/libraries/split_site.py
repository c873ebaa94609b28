"""A framework and NVIDIA's wheels in two site-packages folders of one environment, so that relative search paths miss."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.loader.asking import is_cuda
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    folders = {_folder(one) for one in context.environment.installed if not one.path.startswith("conda-meta")}
    if len(folders) < 2:
        yield RULE.clear(WHOLE, say("all packages lie in one folder"))
        return
    nvidia = [one for one in context.environment.installed if one.name.startswith("nvidia-")]
    apart = [
        (one, wheels) for each in context.loader.frameworks if (one := context.environment.distribution(each.distribution)) and (wheels := _apart(one, nvidia))
    ]
    if not apart:
        yield RULE.clear(WHOLE, say("the frameworks here and their NVIDIA wheels lie in one folder"))
    for one, wheels in apart:
        yield _found(context, one, wheels)


def _folder(one: Installed) -> str:
    return one.path.rpartition("/")[0]


def _apart(one: Installed, nvidia: list[Installed]) -> list[Installed]:
    """Gives the wheels that it requires and that lie elsewhere."""
    needed = {line.split(";")[0].split("=")[0].split("<")[0].split(">")[0].split("[")[0].strip().lower().replace("_", "-") for line in one.requires}
    return [each for each in nvidia if each.name in needed and _folder(each) != _folder(one)]


def _found(context: Context, one: Installed, wheels: list[Installed]) -> Outcome:
    answers = [each for framework in context.loader.frameworks if framework.distribution == one.name for each in context.loader.of(framework)]
    missing = [each for each in answers if each.via == "nowhere" and is_cuda(each.soname)]
    return RULE.found(
        one.name,
        say("{name} lies in {mine}, {count} of its NVIDIA wheels in {theirs}: its search paths lead past them", name=one.name,
            mine=_folder(one) or "site-packages", count=len(wheels), theirs=_folder(wheels[0]) or "site-packages"),
        [Evidence(path=each.path, text=f"{each.name} {each.version}") for each in (one, *wheels[:4])],
        (Fix(says=say("make the environment anew: lib64 must be a link to lib"), edit=Edit(require=(one.name,))),),
        severity="error" if missing else "warning",
    )  # fmt: skip


RULE = Rule(
    cause="venv-lib-and-lib64-split",
    severity="error",
    check=_check,
    sources=("https://docs.python.org/3/library/venv.html", "https://github.com/pytorch/pytorch/issues/101314"),
)
