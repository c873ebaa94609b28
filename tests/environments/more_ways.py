"""Further ways people break a GPU environment, taken from what is most often told of it; same form as the fresh ones."""

from __future__ import annotations

from fresh_ways import CPU_JAX, JAX, TENSORFLOW, TORCH, Way

OLD_TENSORFLOW_CPU = ("tensorflow-cpu==2.15.1",)
OLD_JAX = ("jax==0.4.20", "jaxlib==0.4.20", "numpy<2", "scipy<1.13", "ml-dtypes<0.5")

MORE = (
    Way(
        "a second cuDNN for the second framework",
        TORCH,
        """
        pip install nvidia-cudnn-cu13==9.26.0.51
        """,
        "cuda-wheel-majors-mixed",
    ),
    Way(
        "a package that asks for onnxruntime, beside onnxruntime-gpu",
        ("onnxruntime-gpu",),
        """
        pip install onnxruntime
        """,
        "onnxruntime-cpu-and-gpu-both-installed",
    ),
    Way(
        "pip install --upgrade numpy under an old TensorFlow",
        OLD_TENSORFLOW_CPU,
        """
        pip install numpy==2.2.6
        """,
        "numpy-2-abi",
    ),
    Way(
        "pip install --upgrade protobuf under an old TensorFlow",
        OLD_TENSORFLOW_CPU,
        """
        pip install protobuf==6.33.1
        """,
        "protobuf-too-new",
    ),
    Way(
        "pip install --upgrade keras under an old TensorFlow",
        OLD_TENSORFLOW_CPU,
        """
        pip install --no-deps keras==3.12.0
        """,
        "keras-tf-version-mismatch",
    ),
    Way(
        "upgraded jax alone",
        CPU_JAX,
        """
        pip install --no-deps jax==0.10.2
        """,
        "jax-jaxlib-version-mismatch",
    ),
    Way(
        "pip install --upgrade scipy under an old JAX",
        OLD_JAX,
        """
        pip install --no-deps scipy==1.15.3
        """,
        "dependency-removed-api-scipy",
    ),
    Way(
        "pip install --upgrade ml_dtypes under an old TensorFlow",
        OLD_TENSORFLOW_CPU,
        """
        pip install ml-dtypes==0.4.1
        """,
        "ml-dtypes-incompatible",
    ),
    Way(
        "cupy for CUDA 13 beside cupy for CUDA 12",
        ("cupy-cuda12x",),
        """
        pip install cupy-cuda13x
        """,
        "multiple-cupy-packages",
    ),
    Way(
        "upgraded cuDNN beside torch, which names its version",
        TORCH,
        """
        pip install --no-deps nvidia-cudnn-cu12==9.28.0.42
        """,
        "dependency-pin-conflict",
    ),
    Way(
        "the upgrade of torch broke off",
        TORCH,
        """
        mv "$SITE/torch" "$SITE/~orch"
        mkdir "$SITE/torch"
        cp -a "$SITE/~orch/version.py" "$SITE/~orch/__init__.py" "$SITE/torch/"
        """,
        "environment-incomplete",
    ),
    Way(
        "a wheel unpacked over an older one",
        CPU_JAX,
        """
        pip install --target "$HOME/unpacked" --no-deps jaxlib==0.10.2
        cp -rl --remove-destination "$HOME"/unpacked/* "$SITE/"
        """,
        "environment-incomplete",
    ),
    Way(
        "a test script named tensorflow.py in the folder of PYTHONPATH",
        TENSORFLOW,
        """
        mkdir "$HOME/project"
        echo 'print("it works")' > "$HOME/project/tensorflow.py"
        export PYTHONPATH="$HOME/project"
        """,
        "local-file-shadows-package",
    ),
    Way(
        "LD_LIBRARY_PATH with the stubs of the toolkit",
        JAX,
        """
        mkdir -p "$HOME/cuda/lib64/stubs"
        echo 'int cuInit(unsigned flags) { return 34; }' | gcc -shared -fPIC -Wl,-soname,libcuda.so.1 -x c -o "$HOME/cuda/lib64/stubs/libcuda.so" -
        ln -s libcuda.so "$HOME/cuda/lib64/stubs/libcuda.so.1"
        export LD_LIBRARY_PATH="$HOME/cuda/lib64/stubs"
        """,
        "libcuda-stub-loaded",
    ),
)
