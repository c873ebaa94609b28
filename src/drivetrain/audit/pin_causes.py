"""Gives the name that people know a broken requirement by, where the pair has one: NumPy 2 under a module built for NumPy 1, JAX and its plug-in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct
from packaging.version import InvalidVersion, Version

from drivetrain.model.environment import Installed

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_TENSORFLOW = r"tensorflow(-cpu|-gpu|-intel|-macos)?|tf-nightly(-cpu)?|intel-tensorflow"
_JAX_PLUGIN = r"jax-cuda\d+-(plugin|pjrt)"


class Known(Struct, frozen=True, kw_only=True):
    """One pair that has a cause of its own."""

    parents: str
    child: str
    cause: str
    too_new: bool = False
    """Whether only a version above what the parent allows is that cause."""


_KNOWN = (
    Known(parents=r"jax|jaxlib", child=r"jax|jaxlib", cause="jax-jaxlib-version-mismatch"),
    Known(parents=rf"jax|jaxlib|{_JAX_PLUGIN}", child=_JAX_PLUGIN, cause="jax-plugin-jaxlib-version-mismatch"),
    Known(parents=_TENSORFLOW, child=r"keras|tf-keras", cause="keras-tf-version-mismatch"),
    Known(parents=rf"{_TENSORFLOW}|tensorboard", child="protobuf", cause="protobuf-too-new", too_new=True),
    Known(parents=rf"{_TENSORFLOW}|jax|jaxlib", child="ml-dtypes", cause="ml-dtypes-incompatible"),
    Known(parents=r"tf-keras|keras", child=_TENSORFLOW, cause="keras-tf-version-mismatch"),
    Known(parents=rf"{_TENSORFLOW}|keras", child="h5py", cause="h5py-too-new", too_new=True),
    Known(parents="jax", child="scipy", cause="dependency-removed-api-scipy", too_new=True),
    Known(parents="jax-metal", child="jax|jaxlib", cause="jax-metal-incompatible-jax"),
    Known(parents="torchvision", child="torch", cause="torchvision-torch-mismatch"),
)


def cause_of(parent: Installed, requirement: Requirement, child: Installed) -> str | None:
    """Gives the cause of this requirement not being met; None where it is a broken pin like any other."""
    if child.name == "numpy":
        return "numpy-2-abi" if _is_numpy_2_under_code_for_numpy_1(parent, requirement, child) else None
    for each in _KNOWN:
        if re.fullmatch(each.parents, parent.name) and re.fullmatch(each.child, child.name) and (not each.too_new or _is_too_new(requirement, child)):
            return each.cause
    return None


def _is_numpy_2_under_code_for_numpy_1(parent: Installed, requirement: Requirement, child: Installed) -> bool:
    compiled = any(not tag.endswith("-any") for tag in parent.tags)
    return compiled and child.version.partition(".")[0] == "2" and _is_too_new(requirement, child) and not requirement.specifier.contains("2.0.0")


def _is_too_new(requirement: Requirement, child: Installed) -> bool:
    try:
        version = Version(child.version)
        bounds = [Version(each.version.removesuffix(".*").removesuffix("dev")) for each in requirement.specifier if each.operator in ("<", "<=", "==", "~=")]
    except InvalidVersion:
        return False
    return any(version >= each for each in bounds)


def cause_of_missing(name: str, platform: str) -> str:
    """Gives the cause of a requirement for which nothing is installed."""
    if name == "triton" and platform == "windows":
        return "triton-not-available-on-windows"
    return "pip-cuda-wheels-missing" if name.startswith("nvidia-") else "dependency-missing"
