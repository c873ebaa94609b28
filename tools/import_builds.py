"""Imports the collected facts into the package's data files: `python tools/import_builds.py FACTS_FOLDER`; run it again after a refresh of the snapshot."""

from __future__ import annotations

import sys
from pathlib import Path

import import_conda
import import_cupy
import import_device_code
import import_elsewhere
import import_jax
import import_mxnet
import import_onnxruntime
import import_paddle
import import_tensorflow
import import_tensorrt
import import_torch

FRAMEWORKS = (
    import_torch,
    import_tensorflow,
    import_jax,
    import_cupy,
    import_onnxruntime,
    import_paddle,
    import_mxnet,
    import_tensorrt,
)


def main(arguments: list[str]) -> int:
    """Writes every data file that comes from the facts."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    for each in (import_device_code, *FRAMEWORKS, import_conda, import_elsewhere):
        each.write(Path(arguments[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
