"""JAX's CUDA plug-in against jaxlib: JAX leaves a plug-in of another release out, and computes on the CPU."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_PLUGIN = re.compile(r"jax-(cuda\d+)-plugin")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_CHECKED_SINCE = (0, 6)
"""The releases of jaxlib that were read: from here on plugin_support.py compares the numbers."""


def _check(context: Context) -> Iterator[Outcome]:
    jaxlib = context.environment.distribution("jaxlib")
    plugins = [one for one in context.environment.installed if _PLUGIN.fullmatch(one.name)]
    if not plugins:
        yield RULE.clear("jax", say("no CUDA plug-in of JAX is installed"))
    elif jaxlib is None:
        yield RULE.unknown("jax", say("no jaxlib is installed"))
    else:
        for plugin in plugins:
            yield _answer(context, jaxlib, plugin)


def _answer(context: Context, jaxlib: Installed, plugin: Installed) -> Outcome:
    release, other = _numbers(jaxlib), _numbers(plugin)
    if release is None or other is None:
        version = (jaxlib if release is None else plugin).version
        return RULE.unknown(plugin.name, say("{version} is no version that can be ordered", version=version))
    if release == other:
        return RULE.clear(plugin.name, say("jaxlib and JAX's CUDA plug-in are both {version}", version=jaxlib.version))
    if release[:2] < _CHECKED_SINCE:
        return RULE.unknown(
            plugin.name, say("whether jaxlib {version} uses a plug-in of release {other} is not known", version=jaxlib.version, other=plugin.version)
        )
    return _found(jaxlib, plugin, context.environment.distribution("jax"))


def _numbers(one: Installed) -> tuple[int, ...] | None:
    """Gives what jaxlib compares: the dotted number that a version begins with."""
    match = _NUMBER.match(one.version)
    return tuple(map(int, match[0].split("."))) if match else None


def _found(jaxlib: Installed, plugin: Installed, jax: Installed | None) -> Outcome:
    match = _PLUGIN.fullmatch(plugin.name)
    extra = f"jax[{match[1]}]" if match else "jax"
    return RULE.found(
        plugin.name,
        say(
            "{name} {other} is of another release than jaxlib {version}: JAX leaves it out and computes on the CPU",
            name=plugin.name,
            other=plugin.version,
            version=jaxlib.version,
        ),
        [Evidence(path=one.path, text=f"{one.name} {one.version}") for one in (jaxlib, plugin)],
        (Fix(says=say("install jax, jaxlib and the plug-in of one release"), edit=Edit(require=(f"{extra}=={jax.version}" if jax else extra,))),),
    )


RULE = Rule(
    cause="jax-plugin-jaxlib-version-mismatch",
    severity="error",
    check=_check,
    sources=("https://github.com/jax-ml/jax/blob/main/jaxlib/plugin_support.py", "https://docs.jax.dev/en/latest/installation.html"),
)
