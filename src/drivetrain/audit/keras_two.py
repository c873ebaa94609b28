"""How Keras 2 comes beside a TensorFlow whose Keras is 3: tf-keras requires `tensorflow` by that name, and would bring a second one to `tensorflow-cpu`."""

from __future__ import annotations

from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Fix
from drivetrain.model.plan import Edit
from drivetrain.words import say

_WHOLE = "tensorflow"
_OF_NIGHTLY = {"tf-nightly": "tf-keras-nightly"}


def keras_two_for(tensorflow: Installed) -> Fix:
    """Gives the fix that installs Keras 2; source: METADATA of tf-keras 2.16.0 to 2.21.0, which require `tensorflow` of their own series."""
    if tensorflow.name in _OF_NIGHTLY:
        return Fix(says=say("install {requirement}", requirement=_OF_NIGHTLY[tensorflow.name]), edit=Edit(require=(_OF_NIGHTLY[tensorflow.name],)))
    series = f"tf-keras=={'.'.join(tensorflow.version.split('.')[:2])}.*"
    if tensorflow.name == _WHOLE:
        return Fix(says=say("install tf-keras of the same series"), edit=Edit(require=(series,)))
    return Fix(
        says=say("install tf-keras of the same series; it requires {name}, which takes the place of {other}", name=_WHOLE, other=tensorflow.name),
        edit=Edit(require=(f"{_WHOLE}=={tensorflow.version}", series), drop=(tensorflow.name,)),
    )
