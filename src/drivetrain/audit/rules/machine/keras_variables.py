"""Variables of Keras that ask for what is not installed: TF_USE_LEGACY_KERAS without tf-keras, KERAS_BACKEND without that backend."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.keras_two import keras_two_for
from drivetrain.audit.rule import Context, Rule, older
from drivetrain.audit.variables import not_told, set_to, shown, unset
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_LEGACY, _BACKEND = "TF_USE_LEGACY_KERAS", "KERAS_BACKEND"
_TENSORFLOW = ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tf-nightly", "tensorflow-macos")
_ASK = ("true", "True", "1")
"""What TensorFlow takes for yes; source: tensorflow/python/util/lazy_loader.py of 2.20.0."""
_NEEDS = {"tensorflow": _TENSORFLOW, "jax": ("jax",), "torch": ("torch",), "numpy": ("numpy",), "openvino": ("openvino",)}
"""The backends of Keras 3.15.1 (keras/src/backend/__init__.py)."""


def _check(context: Context) -> Iterator[Outcome]:
    if context.first("keras", *_TENSORFLOW) is None:
        yield RULE.clear(_BACKEND, say("{name} is not installed", name="keras"))
        return
    if context.variables is None:
        yield not_told(RULE, context, _BACKEND)
        return
    yield _legacy(context)
    yield _backend(context)


def _legacy(context: Context) -> Outcome:
    tensorflow = context.first(*_TENSORFLOW)
    if context.variable(_LEGACY) not in _ASK or tensorflow is None:
        return RULE.clear(_LEGACY, say("{name} is not set", name=_LEGACY) if tensorflow else say("{name} is not installed", name="tensorflow"))
    if context.environment.distribution("tf-keras") is not None:
        return RULE.clear(_LEGACY, say("{name} is installed", name="tf-keras"))
    if (old := older(tensorflow.version, "2.16")) is not False:
        return (
            RULE.clear(_LEGACY, say("tensorflow {version} has Keras 2 itself", version=tensorflow.version))
            if old
            else RULE.unknown(_LEGACY, say("{version} is no version that can be ordered", version=tensorflow.version))
        )
    if context.environment.inherits:
        return RULE.unknown(_LEGACY, say("whether {name} is visible from outside the environment is not known", name="tf-keras"))
    says = say("{name} asks for tf-keras, which is not installed: tf.keras fails when it is first used", name=_LEGACY)
    fixes = (keras_two_for(tensorflow), unset(_LEGACY, safety="safe"))
    return RULE.found("tf-keras", says, _evidence(context, _LEGACY, tensorflow), fixes, cause="keras3-without-tf-keras")


def _backend(context: Context) -> Outcome:
    value, keras = context.variable(_BACKEND), context.environment.distribution("keras")
    if not value or keras is None:
        return RULE.clear(_BACKEND, say("{name} is not set", name=_BACKEND) if keras else say("{name} is not installed", name="keras"))
    if not keras.version.split(".")[0].isdecimal() or int(keras.version.split(".")[0]) < 3:
        return RULE.clear(_BACKEND, say("keras {version} heeds no backend", version=keras.version))
    if value not in _NEEDS:
        says = say("{name}={value}: Keras has no such backend", name=_BACKEND, value=value)
        return RULE.found("keras", says, _evidence(context, _BACKEND, keras), (unset(_BACKEND, safety="safe"),), severity="error")
    if context.first(*_NEEDS[value]) is not None:
        return RULE.clear(_BACKEND, say("{name} is installed", name=value))
    if context.environment.inherits:
        return RULE.unknown(_BACKEND, say("whether {name} is visible from outside the environment is not known", name=value))
    says = say("{name}={value}, and {value} is not installed: import keras fails", name=_BACKEND, value=value)
    present = next((backend for backend, names in _NEEDS.items() if backend in ("tensorflow", "torch", "jax") and context.first(*names)), None)
    install = Fix(says=say("install {requirement}", requirement=value), edit=Edit(require=(value,)))
    fixes = (set_to(_BACKEND, present, safety="safe"), install) if present else (install,)
    return RULE.found("keras", says, _evidence(context, _BACKEND, keras), fixes)


def _evidence(context: Context, name: str, one: Installed) -> tuple[Evidence, ...]:
    return (shown(name, context), Evidence(path=one.path, text=f"{one.name} {one.version}"))


RULE = Rule(
    cause="keras-backend-not-installed",
    severity="error",
    check=_check,
    sources=("https://keras.io/getting_started/", "https://github.com/tensorflow/tensorflow/blob/v2.20.0/tensorflow/python/util/lazy_loader.py"),
)
