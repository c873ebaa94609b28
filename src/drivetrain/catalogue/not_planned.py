"""Programs that people ask for beside the frameworks and that cannot be planned: why, what stands on their page, and what serves instead."""

from __future__ import annotations

from msgspec import Struct

from drivetrain.words import say

PAGES = {"chainer": "chainer-retired", "caffe2": "caffe2-retired", "matlab": "matlab-not-planned", "matlabengine": "matlab-not-planned"}
"""The page of each name; `explain` finds it by the name too."""


class NotPlanned(Struct, frozen=True, kw_only=True):
    """Why a name that somebody typed gets no plan."""

    cause: str
    says: str
    instead: tuple[str, ...] = ()
    """Requirements that serve the same purpose, the nearest first."""
    sources: tuple[str, ...]


def not_planned(name: str) -> NotPlanned | None:
    """Gives why a name is not planned; None for every other name."""
    if name == "chainer":
        return NotPlanned(
            cause=PAGES[name],
            says=say("Chainer has not been developed since the end of 2019, and its last release, 7.8.1, is source alone: its makers went over to PyTorch"),
            instead=("torch", "cupy"),
            sources=("https://github.com/chainer/chainer/releases",),
        )
    if name == "caffe2":
        return NotPlanned(
            cause=PAGES[name],
            says=say("Caffe2 has no package of its own: it became a part of PyTorch in 2018, whose wheels have been built without it since 1.11"),
            instead=("torch", "onnxruntime"),
            sources=("https://github.com/pytorch/pytorch/pull/66658",),
        )
    if name in ("matlab", "matlabengine"):
        return NotPlanned(
            cause=PAGES[name],
            says=say("MATLAB is installed by MathWorks' installer and brings CUDA and cuDNN inside: what it needs of this machine is the driver alone"),
            sources=("https://www.mathworks.com/help/parallel-computing/gpu-computing-requirements.html",),
        )
    return None
