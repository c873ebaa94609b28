"""Finds folders that bear the name of a framework's package and belong to no distribution that is installed."""

from __future__ import annotations

from collections.abc import Iterable

from drivetrain.model.environment import Installed
from drivetrain.model.site_folder import LooseFolder
from drivetrain.scan.place import Place

_FURTHER = ("jaxlib", "keras", "tf_keras", "numpy", "torchvision", "torchaudio", "triton", "tensorboard")


def loose_in(place: Place, installed: Iterable[Installed], owned: frozenset[str]) -> tuple[LooseFolder, ...]:
    """Gives these folders; none where a distribution has no list of its files, for then nobody knows whose a folder is. `owned`: names that some RECORD has."""
    from drivetrain.frameworks import frameworks

    if place.kind not in ("venv", "folder"):
        return ()
    site, names = place.sites[0], {*(each.import_name for each in frameworks()), *_FURTHER}
    there = [name for name in place.disk.names(site) if name in names and place.disk.is_folder(site / name)]
    if not there or not all(one.files or one.editable for one in installed):
        return ()
    return tuple(LooseFolder(path=name, has_init=place.disk.state(f"{site}/{name}/__init__.py") is not None) for name in there if name not in owned)
