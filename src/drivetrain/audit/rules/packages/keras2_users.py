"""Packages that use Keras 2 beside a TensorFlow whose Keras is 3, without tf-keras, which no metadata of theirs asks for."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from drivetrain.audit.keras_two import keras_two_for
from drivetrain.audit.rule import WHOLE, Context, Rule, older
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Outcome, Severity
from drivetrain.words import say

_TENSORFLOW = ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos", "tf-nightly")
_KERAS_2 = ("tf-keras", "tf-keras-nightly")


class User(Struct, frozen=True, kw_only=True):
    """A package that imports tf_keras beside TensorFlow 2.16 and newer."""

    name: str
    since: str
    before: str
    severity: Severity
    source: str


_USERS = (
    User(name="tensorflow-probability", since="0.24", before="0.26", severity="error", source="wheels 0.24.0 and 0.25.0 read: python/internal/tf_keras.py"),
    # Its parts for torch load without it; pipelines and the models for TensorFlow do not.
    User(name="transformers", since="4.45", before="5", severity="warning", source="wheels 4.45.0 and 4.57.3 read: activations_tf.py, modeling_tf_utils.py"),
)


def _check(context: Context) -> Iterator[Outcome]:
    tensorflow = context.first(*_TENSORFLOW)
    users = [(user, one) for user in _USERS if (one := context.environment.distribution(user.name)) is not None]
    if tensorflow is None or not users:
        yield RULE.clear(WHOLE, say("nothing here uses Keras 2 beside TensorFlow"))
        return
    if context.first(*_KERAS_2) is not None:
        yield RULE.clear(WHOLE, say("{name} is installed", name="tf-keras"))
        return
    for user, one in users:
        yield _answer(context, user, one, tensorflow)


def _answer(context: Context, user: User, one: Installed, tensorflow: Installed) -> Outcome:
    old, early, late = older(tensorflow.version, "2.16"), older(one.version, user.since), older(one.version, user.before)
    if old is None or early is None or late is None:
        return RULE.unknown(one.name, say("{version} is no version that can be ordered", version=one.version if early is None else tensorflow.version))
    if old:
        return RULE.clear(one.name, say("tensorflow {version} has Keras 2 itself", version=tensorflow.version))
    if early or not late:
        return RULE.unknown(one.name, say("whether {name} {version} uses Keras 2 is not known", name=one.name, version=one.version))
    if context.environment.inherits:
        return RULE.unknown(one.name, say("whether {name} is visible from outside the environment is not known", name="tf-keras"))
    return RULE.found(
        one.name,
        say("{name} {version} imports tf_keras beside TensorFlow {other}, and tf-keras is not installed", name=one.name, version=one.version,
            other=tensorflow.version),
        (Evidence(path=one.path, text=f"{one.name} {one.version}"), Evidence(path=tensorflow.path, text=f"{tensorflow.name} {tensorflow.version}")),
        (keras_two_for(tensorflow),),
        severity=user.severity,
        sources=(user.source, *RULE.sources),
    )  # fmt: skip


RULE = Rule(
    cause="keras3-without-tf-keras",
    severity="error",
    check=_check,
    sources=("https://keras.io/getting_started/", "https://github.com/tensorflow/probability/releases/tag/v0.24.0"),
)
