"""Thirteen ways people break a GPU environment, written down from experience before the scan or any rule of audit was read.

Each is a script that a shell runs in a healthy real environment. `$ENV` is the environment, `$SITE` its site-packages, `$HOME` a
scratch home, `$PY` the environment's Python and `pip` does what people type (uv carries it out; versions stand in place of
`--upgrade`, at which uv fetches each wheel anew). What a script exports is what the
person has in the shell afterwards, and `ENV` is where the environment lies then.
"""

from __future__ import annotations

from typing import NamedTuple

TORCH = ("torch==2.8.0", "torchvision==0.23.0")
TENSORFLOW = ("tensorflow[and-cuda]==2.20.0",)
OLD_TENSORFLOW = ("tensorflow[and-cuda]==2.15.1",)
JAX = ("jax[cuda12]==0.9.0",)
CPU_JAX = ("jax==0.9.0",)
CONDA = "conda"
"""Stands for the prefix that `conda_prefix.py` makes."""


class Way(NamedTuple):
    """One way to break a healthy environment."""

    name: str
    healthy: tuple[str, ...]
    script: str
    cause: str
    """The slug a knowing person gives."""
    machine: str = ""
    """Stem of the machine file that it shows on; empty: this machine."""


FRESH = (
    Way(
        "tried the newest cuDNN and took it out again",
        TORCH,
        """
        pip install nvidia-cudnn-cu13==9.26.0.51
        pip uninstall -y nvidia-cudnn-cu13
        """,
        "environment-incomplete",
    ),
    Way(
        "upgraded JAX's CUDA plug-in alone",
        JAX,
        """
        pip install jax-cuda12-plugin==0.10.2 jax-cuda12-pjrt==0.10.2
        """,
        "jax-plugin-jaxlib-version-mismatch",
    ),
    Way(
        "upgraded torch alone",
        TORCH,
        """
        pip install torch==2.9.1
        """,
        "torchvision-torch-mismatch",
    ),
    Way(
        "copied cuDNN's tar archive over the wheel, as the old guide says",
        TENSORFLOW,
        """
        pip install --target "$HOME/cudnn-linux-x86_64-8.9.4.25_cuda12-archive" --no-deps nvidia-cudnn-cu12==8.9.4.25
        cp "$HOME"/cudnn-linux-*/nvidia/cudnn/lib/libcudnn*.so.8 "$SITE/nvidia/cudnn/lib/"
        """,
        "two-cudnn-versions-in-env",
    ),
    Way(
        "upgraded cuDNN and gave the new library the old name",
        OLD_TENSORFLOW,
        """
        pip install --no-deps nvidia-cudnn-cu12==9.28.0.42
        cd "$SITE/nvidia/cudnn/lib"
        ln -s libcudnn.so.9 libcudnn.so.8
        """,
        "cudnn-major-version-mismatch",
    ),
    Way(
        "a cuDNN of last year's project in .bashrc",
        TENSORFLOW,
        """
        mkdir -p "$HOME/cuda"
        pip install --target "$HOME/unpacked" --no-deps nvidia-cudnn-cu12==9.10.2.21
        mv "$HOME/unpacked/nvidia/cudnn/lib" "$HOME/cuda/lib64"
        export LD_LIBRARY_PATH="$HOME/cuda/lib64"
        """,
        "ld-library-path-shadows-bundled",
    ),
    Way(
        "PYTHONPATH to the packages in the home folder",
        JAX,
        """
        pip install --target "$HOME/.local/lib/python3.11/site-packages" jax==0.4.30 jaxlib==0.4.30
        export PYTHONPATH="$HOME/.local/lib/python3.11/site-packages"
        """,
        "user-site-shadows-env",
    ),
    Way(
        "pip install torch in the conda environment that had it",
        (CONDA,),
        """
        PY=3.11
        pip install --target "$SITE" torch==2.8.0
        """,
        "pip-replaced-conda-gpu-build",
    ),
    Way(
        "copied the folder of an environment and installs with its pip",
        (*CPU_JAX, "pip"),
        """
        cp -a "$ENV" "$HOME/second-project"
        export ENV="$HOME/second-project"
        """,
        "pip-belongs-to-other-python",
    ),
    Way(
        "the disk was full at the large library",
        TORCH,
        """
        library="$SITE/nvidia/cublas/lib/libcublasLt.so.12"
        head -c 100000000 "$library" > "$library.part"
        mv "$library.part" "$library"
        """,
        "environment-incomplete",
    ),
    Way(
        "a distribution's Python put torch into lib64 and NVIDIA's wheels into lib",
        TORCH,
        """
        rm "$ENV/lib64"
        mkdir -p "$ENV/lib64/python3.11/site-packages"
        mv "$SITE"/torch "$SITE"/torchgen "$SITE"/functorch "$SITE"/torch-*.dist-info "$ENV/lib64/python3.11/site-packages/"
        """,
        "venv-lib-and-lib64-split",
    ),
    Way(
        "tensorflow-cpu after tensorflow, for the laptop",
        TENSORFLOW,
        """
        pip install tensorflow-cpu==2.20.0
        """,
        "duplicate-framework-packages",
    ),
    Way(
        "the machine has CUDA already, so its wheels went to save space",
        TORCH,
        """
        pip uninstall -y nvidia-cublas-cu12 nvidia-cudnn-cu12 nvidia-nccl-cu12
        """,
        "pip-cuda-wheels-missing",
    ),
)
