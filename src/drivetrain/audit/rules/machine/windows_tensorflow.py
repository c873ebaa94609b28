"""TensorFlow from 2.11 on in a Windows environment: its Windows builds hold no GPU code at all."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from drivetrain.audit.rule import Context, Rule
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_NAMES = ("tensorflow", "tensorflow-intel", "tf-nightly", "tf-nightly-intel", "tensorflow-gpu")
_DROPPED_IN = "2.11"


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    if environment.platform != "windows":
        yield RULE.clear("tensorflow", say("not a Windows environment"))
        return
    tensorflow = next((one for name in _NAMES if (one := environment.distribution(name)) is not None), None)
    if tensorflow is None:
        yield RULE.clear("tensorflow", say("{name} is not installed", name="tensorflow"))
    elif (dropped := _is_dropped(tensorflow.version)) is None:
        yield RULE.unknown("tensorflow", say("{version} is no version that can be ordered", version=tensorflow.version))
    elif not dropped:
        yield RULE.clear("tensorflow", say("tensorflow {version} still has a GPU build for Windows", version=tensorflow.version))
    elif not context.gpus:
        yield RULE.clear("tensorflow", say("the machine has no NVIDIA GPU"))
    elif context.accelerator == "cpu":
        yield RULE.clear("tensorflow", say("planned for the CPU"))
    else:
        yield _found(context, tensorflow)


def _is_dropped(version: str) -> bool | None:
    try:
        return Version(version).release >= Version(_DROPPED_IN).release
    except InvalidVersion:
        return None


def _found(context: Context, tensorflow: Installed) -> Outcome:
    evidence = [Evidence(path=tensorflow.path, text=f"{tensorflow.name} {tensorflow.version}")]
    if (intel := context.environment.distribution("tensorflow-intel")) is not None and intel is not tensorflow:
        evidence.append(
            Evidence(path=intel.path, text=say("{name} {version}: what it installs on Windows, a CPU build", name=intel.name, version=intel.version))
        )
    if (facts := context.facts(*_NAMES)) is not None and facts.is_cuda_build is False:
        evidence.append(Evidence(path=facts.source, text="is_cuda_build: False"))
    return RULE.found(
        "tensorflow",
        say(
            "tensorflow {version} cannot use the {gpu} on native Windows: its Windows builds have been CPU only since 2.11",
            version=tensorflow.version,
            gpu=context.gpus[0].name,
        ),
        evidence,
        (
            Fix(says=say("inside WSL2 the same TensorFlow uses the GPU"), edit=Edit(os="wsl2"), safety="shown"),
            Fix(
                says=say("stay on Windows with TensorFlow 2.10, the last with a GPU build there (Python 3.10, CUDA 11.2, cuDNN 8.1)"),
                edit=Edit(require=("tensorflow==2.10.*",), python="3.10"),
                safety="unsafe",
            ),
            Fix(says=say("keep it and compute on the CPU"), edit=Edit(accelerator="cpu"), safety="shown"),
        ),
    )


RULE = Rule(
    cause="tf-windows-native-gpu-dropped",
    severity="error",
    check=_check,
    sources=("https://www.tensorflow.org/install/pip#windows-native", "https://www.tensorflow.org/install/source_windows#gpu"),
)
