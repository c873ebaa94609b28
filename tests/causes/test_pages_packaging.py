"""The pages on packages and interpreters: what pip, conda, uv, NumPy, protobuf and Python print gets its cause, and its neighbours do not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from causes_told import causes, diagnosed, first_cause

Told = tuple[str, str, Mapping[str, object]]

NOTHING: Mapping[str, object] = {}
TF: Mapping[str, object] = {"framework": "tensorflow"}
PT: Mapping[str, object] = {"framework": "pytorch"}
JAX: Mapping[str, object] = {"framework": "jax"}

SPOKEN: tuple[Told, ...] = (
    ("cpu-without-avx", "Illegal instruction (core dumped)", {**TF, "os": "linux", "cpu": "Intel Xeon X5675"}),
    ("cpu-without-avx", "Illegal instruction (core dumped)", {**TF, "os": "linux"}),
    (
        "cpu-without-avx",
        (
            "2023-02-11 10:00:00.1: F tensorflow/core/platform/cpu_feature_guard.cc:37] The TensorFlow library was compiled"
            " to use AVX instructions, but these aren't available on your machine.\n"
            "Aborted (core dumped)"
        ),
        TF,
    ),
    (
        "cpu-without-avx",
        ("ImportError: DLL load failed: A dynamic link library (DLL) initialization routine failed.\nFailed to load the native TensorFlow runtime."),
        {**TF, "os": "windows"},
    ),
    (
        "cpu-without-avx",
        (
            "RuntimeError: This version of jaxlib was built using AVX instructions, which your CPU and/or operating system "
            "do not support. You may be able work around this issue by building jaxlib from source."
        ),
        JAX,
    ),
    (
        "binary-needs-newer-cpu-instructions",
        (
            "F tensorflow/core/platform/cpu_feature_guard.cc:35] The TensorFlow library was compiled to use AVX2 instructio"
            "ns, but these aren't available on your machine."
        ),
        TF,
    ),
    (
        "binary-needs-newer-cpu-instructions",
        "Illegal instruction (core dumped)",
        {**TF, "framework_version": "2.4.0", "os": "linux", "cpu": "Intel Core i5-3230M"},
    ),
    (
        "binary-needs-newer-cpu-instructions",
        ("Illegal instruction (core dumped)\nflags : fpu vme de pse tsc msr pae sse4_1 sse4_2 popcnt aes xsave avx f16c rdrand lahf_lm"),
        {**TF, "framework_version": "2.4.0"},
    ),
    (
        "binary-needs-newer-cpu-instructions",
        ("RuntimeError: NumPy was built with baseline optimizations: \n(X86_V2) but your machine doesn't support:\n(X86_V2)."),
        NOTHING,
    ),
    ("binary-needs-newer-cpu-instructions", "Fatal glibc error: CPU does not support x86-64-v2", NOTHING),
    ("cpu-only-package-installed", "AssertionError: Torch not compiled with CUDA enabled", {**PT, "os": "windows", "gpu": "RTX 3060"}),
    ("cpu-only-package-installed", ">>> torch.cuda.is_available()\nFalse\n>>> torch.__version__\n'2.1.0+cpu'", PT),
    ("cpu-only-package-installed", "torch.cuda.is_available() False", {**PT, "framework_version": "2.1.0+cpu"}),
    ("cpu-only-package-installed", ("pytorch                   1.12.1              py3.9_cpu_0    pytorch\nTrue\ntorch.cuda.is_available() -> False"), PT),
    (
        "cpu-only-package-installed",
        (
            "ValueError: Specified provider 'CUDAExecutionProvider' is not in available provider names.Available providers:"
            " 'AzureExecutionProvider, CPUExecutionProvider'"
        ),
        {"framework": "onnxruntime"},
    ),
    (
        "cpu-only-package-installed",
        "WARNING:absl:No GPU/TPU found, falling back to CPU. (Set TF_CPP_MIN_LOG_LEVEL=0 and rerun for more info.)",
        {**JAX, "install_method": "pip install jax jaxlib", "os": "linux"},
    ),
    ("cpu-only-package-installed", "lightgbm.basic.LightGBMError: GPU Tree Learner was not enabled in this build.", NOTHING),
    ("cpu-only-package-installed", "CUDA used to build PyTorch: None\nIs CUDA available: No", PT),
    (
        "dependency-pin-conflict",
        (
            "ERROR: Cannot install tensorflow==2.16.1 and numpy>=2 because these package versions have conflicting dependen"
            "cies.\n"
            "\n"
            "The conflict is caused by:\n"
            "    The user requested numpy>=2\n"
            "    tensorflow 2.16.1 depends on numpy<2.0.0 and >=1.23.5"
        ),
        TF,
    ),
    ("dependency-pin-conflict", "tensorflow 2.5.0 requires numpy~=1.19.2, but you have numpy 1.21.0 which is incompatible.", TF),
    (
        "dependency-pin-conflict",
        (
            "  cause: Because tensorflow==2.16.1 depends on numpy>=1.23.5,<2.0.0 and you require numpy>=2, we can conclude "
            "that your requirements are unsatisfiable."
        ),
        TF,
    ),
    (
        "dependency-pin-conflict",
        (
            "UnsatisfiableError: The following specifications were found to be incompatible with each other:\n"
            "\n"
            "Output in format: Requested package -> Available versions"
        ),
        TF,
    ),
    (
        "dependency-pin-conflict",
        (
            "LibMambaUnsatisfiableError: Encountered problems while solving:\n"
            "  - package pytorch-1.8.0-py3.7_cuda10.2_cudnn7.6.5_0 requires cudatoolkit >=10.2,<10.3, but none of the provi"
            "ders can be installed"
        ),
        PT,
    ),
    (
        "dependency-pin-conflict",
        ("ImportError: tokenizers>=0.11.1,!=0.11.3,<0.13 is required for a normal functioning of this module, but found tokenizers==0.13.3."),
        PT,
    ),
    (
        "dependency-removed-api-scipy",
        ("ImportError: cannot import name 'triu' from 'scipy.linalg' (/usr/lib/python3/dist-packages/scipy/linalg/__init__.py)"),
        NOTHING,
    ),
    ("dependency-removed-api-scipy", "ImportError: cannot import name 'imread' from 'scipy.misc'", TF),
    (
        "duplicate-framework-packages",
        "AttributeError: module 'tensorflow' has no attribute 'Variable'",
        {**TF, "pip_packages": ["tensorflow==1.8.0", "tensorflow-gpu==1.8.0"]},
    ),
    ("duplicate-framework-packages", "Num GPUs Available:  0", {**TF, "pip_packages": ["tensorflow==2.10.0", "tensorflow-cpu==2.10.0"]}),
    ("framework-removed-api", "AttributeError: module 'tensorflow' has no attribute 'placeholder'", TF),
    ("framework-removed-api", "ModuleNotFoundError: No module named 'tensorflow.contrib'", TF),
    (
        "framework-removed-api",
        ("AttributeError: jax.tree_map was removed in JAX v0.6.0: use jax.tree.map (jax v0.4.25 or newer) or jax.tree_util.tree_map (any JAX version)."),
        JAX,
    ),
    ("framework-removed-api", "AttributeError: module 'jax.random' has no attribute 'KeyArray'", JAX),
    ("framework-removed-api", "ImportError: cannot import name 'maps' from 'jax.experimental'", JAX),
    ("framework-removed-api", "ModuleNotFoundError: No module named 'torch._six'", PT),
    ("framework-removed-api", "AttributeError: module 'numpy' has no attribute 'bool'.", NOTHING),
    ("framework-removed-api", "AttributeError: module 'tensorflow._api.v2.train' has no attribute 'AdamOptimizer'", TF),
    ("framework-removed-api", "fatal error: THC/THC.h: No such file or directory", PT),
    ("framework-removed-api", "ImportError: cannot import name 'cached_download' from 'huggingface_hub' (/x/__init__.py)", PT),
    ("framework-removed-api", "ModuleNotFoundError: No module named 'torchvision.transforms.functional_tensor'", PT),
    ("framework-removed-api", "_pickle.UnpicklingError: Weights only load failed. This file can still be loaded", PT),
    ("framework-removed-api", "ModuleNotFoundError: No module named 'keras.utils.np_utils'", TF),
    ("framework-removed-api", "ImportError: cannot import name 'to_categorical' from 'keras.utils'", TF),
    ("framework-too-old-for-library", "AttributeError: module 'torch' has no attribute 'float8_e4m3fn'", PT),
    ("framework-too-old-for-library", "AttributeError: module 'jax' has no attribute 'tree'", JAX),
    ("framework-too-old-for-library", "AttributeError: module 'jax.tree_util' has no attribute 'register_pytree_with_keys_class'", JAX),
    ("framework-too-old-for-library", "AttributeError: module 'torch.utils._pytree' has no attribute 'register_pytree_node'", PT),
    ("framework-too-old-for-library", "Disabling PyTorch because PyTorch >= 2.1 is required but found 1.13.1", PT),
    ("framework-too-old-for-library", "AttributeError: module 'tensorflow' has no attribute 'config'", TF),
    ("framework-too-old-for-library", "ModuleNotFoundError: No module named 'torch.nn.attention'", PT),
    (
        "framework-too-old-for-library",
        ("ValueError: The checkpoint you are trying to load has model type `qwen3` but Transformers does not recognize this architecture."),
        PT,
    ),
    ("h5py-too-new", "AttributeError: 'str' object has no attribute 'decode'", TF),
    (
        "local-file-shadows-package",
        ("AttributeError: partially initialized module 'torch' has no attribute 'tensor' (most likely due to a circular import)"),
        PT,
    ),
    (
        "local-file-shadows-package",
        (
            "AttributeError: module 'numpy' has no attribute 'array' (consider renaming '/home/u/numpy.py' if it has the sa"
            "me name as a third-party module you intended to import)"
        ),
        NOTHING,
    ),
    (
        "local-file-shadows-package",
        ("  File \"tensorflow.py\", line 11, in <module>\n    W = tf.Variable(1)\nAttributeError: 'module' object has no attribute 'Variable'"),
        TF,
    ),
    ("numpy-2-abi", ("UserWarning: Failed to initialize NumPy: _ARRAY_API not found (Triggered internally at ../torch/csrc/utils/tensor_numpy.cpp:84.)"), PT),
    ("numpy-2-abi", "RuntimeError: Numpy is not available", {**PT, "pip_packages": ["numpy==2.0.1"]}),
    ("numpy-2-abi", "AttributeError: `np.NaN` was removed in the NumPy 2.0 release. Use `np.nan` instead.", PT),
    ("numpy-2-abi", "ImportError: numpy.core.multiarray failed to import", {**PT, "pip_packages": ["numpy==2.1.0"]}),
    ("numpy-older-than-build", "RuntimeError: module compiled against API version 0xe but this version of numpy is 0xd", TF),
    (
        "numpy-older-than-build",
        ("ValueError: numpy.ndarray size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject"),
        NOTHING,
    ),
    ("numpy-older-than-build", "AttributeError: module 'numpy' has no attribute 'dtypes'", JAX),
    ("numpy-older-than-build", "ModuleNotFoundError: No module named 'numpy._core'", NOTHING),
    ("obsolete-install-command", 'ERROR: No matching distribution found for jaxlib==0.3.10+cuda11.cudnn82; extra == "cuda" (from jax[cuda])', JAX),
    ("obsolete-install-command", "WARNING: jax 0.4.36 does not provide the extra 'cuda11-pip'", JAX),
    ("obsolete-install-command", "zsh: no matches found: jax[cuda12]", JAX),
    ("openblas-cpu-detection-on-arm", "Illegal instruction (core dumped)", {**PT, "arch": "aarch64"}),
    ("openblas-cpu-detection-on-arm", "Illegal instruction (core dumped)", {**TF, "device": "Jetson Xavier NX", "os": "linux"}),
    (
        "pip-belongs-to-other-python",
        ('Fatal error in launcher: Unable to create process using \'"C:\\old\\python.exe"  "C:\\new\\Scripts\\pip.exe" \''),
        NOTHING,
    ),
    ("pip-belongs-to-other-python", "bash: /home/u/venv/bin/pip: /home/old/venv/bin/python3: bad interpreter: No such file or directory", NOTHING),
    (
        "pip-replaced-conda-gpu-build",
        "tensorflow-gpu   2.2.0   pypi_0    pypi\nCould not find cuda drivers on your machine, GPU will not be used.",
        {**TF, "install_method": "conda, then pip install", "worked_before": "yes"},
    ),
    ("protobuf-too-new", "TypeError: Descriptors cannot be created directly.", TF),
    ("protobuf-too-new", "AttributeError: 'MessageFactory' object has no attribute 'GetPrototype'", TF),
    (
        "python-32bit",
        (
            "Python 3.8.3 (tags/v3.8.3:6f8c832, May 13 2020, 22:20:19) [MSC v.1925 32 bit (Intel)] on win32\n"
            "ERROR: Could not find a version that satisfies the requirement tensorflow (from versions: none)\n"
            "ERROR: No matching distribution found for tensorflow"
        ),
        TF,
    ),
    (
        "python-version-unsupported",
        (
            "ERROR: Could not find a version that satisfies the requirement tensorflow (from versions: none)\n"
            "ERROR: No matching distribution found for tensorflow"
        ),
        {**TF, "python": "3.13", "os": "windows"},
    ),
    (
        "python-version-unsupported",
        ("ERROR: Could not find a version that satisfies the requirement torch (from versions: none)\nERROR: No matching distribution found for torch"),
        {**PT, "python": "3.12"},
    ),
    (
        "python-version-unsupported",
        (
            "ERROR: Could not find a version that satisfies the requirement tensorflow==1.15 (from versions: 2.2.0rc1, 2.2."
            "0, 2.3.0)\n"
            "ERROR: No matching distribution found for tensorflow==1.15"
        ),
        {**TF, "python": "3.8"},
    ),
    (
        "python-version-unsupported",
        (
            "ERROR: Could not find a version that satisfies the requirement torch==1.7.1 (from versions: 1.11.0, 1.12.0, 1."
            "12.1, 1.13.0)\n"
            "ERROR: No matching distribution found for torch==1.7.1"
        ),
        {**PT, "python": "3.10"},
    ),
    (
        "python-version-unsupported",
        ("ERROR: Could not find a version that satisfies the requirement torch==1.9.1 (from versions: 0.1.2, 0.1.2.post1, 0.1.2.post2)"),
        PT,
    ),
    (
        "python-version-unsupported",
        (
            "hint: You require CPython 3.13 (`cp313`), but we only found wheels for `tensorflow` (v2.10.0) with the followi"
            "ng Python ABI tags: `cp37m`, `cp38`, `cp39`, `cp310`"
        ),
        NOTHING,
    ),
    (
        "python-version-unsupported",
        (
            '  File "/x/tensorflow/python/pywrap_tensorflow_internal.py", line 114\n'
            "    def TFE_ContextOptionsSetAsync(arg1, async):\n"
            "                                             ^\n"
            "SyntaxError: invalid syntax"
        ),
        TF,
    ),
    (
        "python-version-unsupported",
        "ERROR: Could not find a version that satisfies the requirement jaxlib==0.1.75 (from versions: 0.3.0)",
        {**JAX, "python": "3.6"},
    ),
    ("removed-package-name", '      The "tensorflow-gpu" package has been removed!\n\n      Please install "tensorflow" instead.', TF),
    (
        "removed-package-name",
        (
            "packaging.requirements.InvalidRequirement: Expected end or semicolon (after name and no valid version specifie"
            "r)\n"
            '    python_version>"3.7"\n'
            "                  ^"
        ),
        TF,
    ),
    ("removed-package-name", 'Exception: You tried to install "pytorch". The package named for PyTorch is "torch"', PT),
    ("requested-version-does-not-exist", "ERROR: Could not find a version that satisfies the requirement torch==1.15.0 (from versions: 1.4.0, 1.5.0)", PT),
    ("requested-version-does-not-exist", "ERROR: No matching distribution found for tensorflow==1.18", TF),
    (
        "requested-version-does-not-exist",
        (
            "ERROR: Could not find a version that satisfies the requirement requirements.txt (from versions: none)\n"
            'HINT: You are attempting to install a package literally named "requirements.txt" (which cannot exist).'
        ),
        NOTHING,
    ),
    (
        "requested-version-does-not-exist",
        ("PackagesNotFoundError: The following packages are not available from current channels:\n\n  - tensorflow-gpu=2.20"),
        TF,
    ),
    (
        "user-site-shadows-env",
        (
            '  File "/home/u/.local/lib/python3.8/site-packages/torch/__init__.py", line 189, in <module>\n'
            "OSError: undefined\n"
            "/home/u/anaconda3/envs/pt/bin/python"
        ),
        {**PT, "install_method": "conda"},
    ),
    ("wheel-tag-mismatch", "ERROR: torch-1.8.0-cp36-cp36m-linux_aarch64.whl is not a supported wheel on this platform.", PT),
    ("wheel-tag-mismatch", "ERROR: tensorflow-1.12.0-cp36-cp36m-win_amd64.whl is not a supported wheel on this platform.", TF),
    ("wrong-cpu-architecture-python", "zsh: illegal hardware instruction  python train.py", {**TF, "os": "macos", "gpu": "Apple M1"}),
    ("wrong-cpu-architecture-python", ("ImportError: dlopen(/x/_C.so, 2): mach-o file, but is an incompatible architecture (have 'x86_64', need 'arm64')"), PT),
    ("wrong-cpu-architecture-python", "exec /usr/bin/python3: exec format error", NOTHING),
    (
        "wrong-python-environment",
        (
            "warning: `VIRTUAL_ENV=/home/u/venv` does not match the project environment path `.venv` and will be ignored\n"
            "Traceback (most recent call last):\n"
            "ModuleNotFoundError: No module named 'torch'"
        ),
        NOTHING,
    ),
    (
        "wrong-python-environment",
        ("Requirement already satisfied: torch in /usr/local/lib/python3.8/dist-packages (1.9.0)\nModuleNotFoundError: No module named 'torch'"),
        PT,
    ),
    ("pip-over-system-packages", "error: externally-managed-environment\n\n× This environment is externally managed", NOTHING),
    (
        "pip-over-system-packages",
        (
            "ERROR: Cannot uninstall 'PyYAML'. It is a distutils installed project and thus we cannot accurately determine "
            "which files belong to it which would lead to only a partial uninstall."
        ),
        NOTHING,
    ),
    ("setuptools-without-pkg-resources", "ModuleNotFoundError: No module named 'pkg_resources'", TF),
    (
        "pythonhome-set",
        (
            "Python path configuration:\n"
            "  PYTHONHOME = '/opt/x'\n"
            "Fatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem encoding\n"
            "ModuleNotFoundError: No module named 'encodings'"
        ),
        NOTHING,
    ),
    ("dependency-missing", "torch 2.4.0 requires pytorch-triton-rocm, which is not installed.", PT),
    (
        "dependency-missing",
        ("ImportError: \nAutoModel requires the PyTorch library but it was not found in your environment. Checkout the instructions"),
        NOTHING,
    ),
    ("dependency-missing", "ModuleNotFoundError: No module named 'tensorboard'", PT),
    ("release-yanked", ("WARNING: The candidate selected for download or install is a yanked version: 'torch' candidate (version 2.3.1)"), PT),
    ("environment-incomplete", "ImportError: /x/libtorch_cuda.so: file too short", PT),
    ("folder-without-distribution", "ImportError: cannot import name 'keras' from 'tensorflow' (unknown location)", TF),
    ("files-of-two-wheels", "ClobberError: This transaction has incompatible packages due to a shared path.", NOTHING),
    ("two-nccl-versions-in-env", "ImportError: /x/libtorch_cuda.so: undefined symbol: ncclCommRegister", PT),
    (
        "build-tag-not-on-index",
        (
            "ERROR: Could not find a version that satisfies the requirement torch==1.11.0+cu113 (from versions: 1.0.0, 1.0."
            "1, 1.0.1.post2, 1.11.0)\n"
            "ERROR: No matching distribution found for torch==1.11.0+cu113"
        ),
        PT,
    ),
    (
        "build-tag-not-on-index",
        ("Because there is no version of torch==2.1.0+cu118 and you require torch==2.1.0+cu118, we can conclude that your requirements are unsatisfiable."),
        PT,
    ),
    (
        "python-version-unsupported",
        (
            "ERROR: Could not find a version that satisfies the requirement torch==1.7.1+cu110 (from versions: 2.2.0, 2.2.0"
            "+cpu, 2.2.0+cu118, 2.5.1)\n"
            "ERROR: No matching distribution found for torch==1.7.1+cu110"
        ),
        PT,
    ),
    (
        "python-version-unsupported",
        (
            "ERROR: Could not find a version that satisfies the requirement tensorflow-gpu<=1.12.0 (from -r requirements_gp"
            "u.txt (line 3)) (from versions: 2.2.0rc1, 2.2.0rc2, 2.4.1)"
        ),
        TF,
    ),
    (
        "python-version-unsupported",
        (
            "ERROR: Could not find a version that satisfies the requirement tensorflow-gpu==1.11.0 (from -r requirements.tx"
            "t (line 1)) (from versions: 1.13.1, 1.13.2, 2.11.0)"
        ),
        TF,
    ),
    ("python-version-unsupported", ("ERROR: Could not find a version that satisfies the requirement torch==2.1.0 (from versions: 2.2.0, 2.2.1, 2.5.1)"), PT),
    ("python-version-unsupported", ("ERROR: Could not find a version that satisfies the requirement torch>=2.0 (from versions: 1.4.0, 1.13.0, 1.13.1)"), PT),
    (
        "python-version-unsupported",
        ("ERROR: Could not find a version that satisfies the requirement jaxlib==0.4.20 (from versions: 0.1.62, 0.4.12, 0.4.13)"),
        JAX,
    ),
    (
        "python-version-unsupported",
        ("ERROR: Could not find a version that satisfies the requirement tensorflow==2.16.1 (from versions: 2.2.0, 2.12.0, 2.13.0, 2.13.1)"),
        TF,
    ),
    ("python-version-unsupported", "ERROR: Package 'torch-geometric' requires a different Python: 3.7.16 not in '>=3.8'", PT),
    (
        "requested-version-does-not-exist",
        ("ERROR: Could not find a version that satisfies the requirement tensorflow==2.4.9 (from versions: 2.2.0, 2.4.0, 2.4.4, 2.5.0)"),
        TF,
    ),
    ("dependency-pin-conflict", "SystemError: initialization of _internal failed without raising an exception", NOTHING),
    (
        "duplicate-framework-packages",
        ("AttributeError: partially initialized module 'cv2' has no attribute 'gapi_wip_gst_GStreamerPipeline' (most likely due to a circular import)"),
        NOTHING,
    ),
    ("setuptools-without-pkg-resources", "ImportError: cannot import name 'packaging' from 'pkg_resources' (/x/pkg_resources/__init__.py)", PT),
    ("wrong-cpu-architecture-python", "Illegal instruction: 4", {**TF, "os": "macos"}),
    ("framework-removed-api", "AttributeError: 'Config' object has no attribute 'define_bool_state'", JAX),
    ("framework-removed-api", "TypeError: Trainer.__init__() got an unexpected keyword argument 'gpus'", PT),
    ("framework-too-old-for-library", "TypeError: load() got an unexpected keyword argument 'weights_only'", PT),
    (
        "framework-too-old-for-library",
        ("ImportError: accelerate>=0.20.3 is required for a normal functioning of this module, but found accelerate==0.19.0."),
        PT,
    ),
    ("release-yanked", 'warning: `torch==2.3.1` is yanked (reason: "broken")', PT),
    (
        "source-only-release",
        ("  cause: Because tensorrt==10.0.1 has no usable wheels and you require tensorrt==10.0.1, we can conclude that your requirements are unsatisfiable."),
        NOTHING,
    ),
    ("editable-source-gone", "AssertionError: Egg-link /home/u/proj does not match installed location of proj (at /home/u/old)", NOTHING),
    (
        "pythonpath-shadows-env",
        (
            '  File "/opt/ros/kinetic/lib/python2.7/dist-packages/cv2.so"\n'
            "ImportError: /opt/ros/kinetic/lib/python2.7/dist-packages/cv2.so: undefined symbol: PyCObject_Type"
        ),
        {**TF, "env": {"PYTHONPATH": "/opt/ros/kinetic/lib/python2.7/dist-packages"}},
    ),
    (
        "pip-belongs-to-other-python",
        ("$ pip -V\npip 21.2.4 from /usr/lib/python3/dist-packages/pip (python 3.8)\nModuleNotFoundError: No module named 'torch'"),
        {**PT, "python": "3.10.4"},
    ),
    ("framework-removed-api", "AttributeError: module 'jax' has no attribute 'something_old'", JAX),
    ("framework-too-old-for-library", "ImportError: cannot import name 'SomethingNew' from 'torch.nn'", {**PT, "framework_version": "1.10.0"}),
    ("framework-too-old-for-library", "AttributeError: module 'tensorflow' has no attribute 'function'", {**TF, "framework_version": "1.13.1"}),
    ("framework-removed-api", "AttributeError: module 'tensorflow' has no attribute 'Session'", {**TF, "framework_version": "2.4.0"}),
    (
        "pip-replaced-conda-gpu-build",
        "RuntimeError: Found no NVIDIA driver on your system.\n torch 1.12.1 pypi_0 pypi",
        {**PT, "install_method": "conda install pytorch, then pip install -r requirements.txt", "worked_before": "yes"},
    ),
    ("cpu-without-avx", "非法指令 (核心已转储)", {**TF, "os": "linux"}),
    ("cpu-without-avx", "ImportError: DLL load failed: 动态链接库(DLL)初始化例程失败。", {**TF, "os": "windows"}),
    ("pip-belongs-to-other-python", "bash: /home/u/venv/bin/pip：/home/old/venv/bin/python3：解释器错误: 没有那个文件或目录", NOTHING),
    ("environment-incomplete", "ImportError: /x/libtorch_cpu.so: 无法打开共享对象文件: 文件过短", PT),
    (
        "python-version-unsupported",
        (
            "UnsatisfiableError: The following specifications were found\n"
            "to be incompatible with the existing python installation in your environment:\n"
            "\n"
            "Specifications:\n"
            "\n"
            "  - tensorflow -> python[version='3.5.*|3.6.*|3.7.*']\n"
            "\n"
            "Your python: python=3.8\n"
            "Found conflicts! Looking for incompatible packages."
        ),
        TF,
    ),
    (
        "python-version-unsupported",
        (
            "error: Distribution `jaxlib==0.4.24 @ registry+https://index.example/simple` can't be installed because it doe"
            "sn't have a source distribution or wheel for the current platform\n"
            "\n"
            "hint: You're using CPython 3.13 (`cp313`), but `jaxlib` (v0.4.24) only has wheels with the following Python AB"
            "I tags: `cp310`, `cp311`"
        ),
        JAX,
    ),
    (
        "python-version-unsupported",
        (
            "  Could not find a version that satisfies the requirement jaxlib==0.1.65 (from versions: 0.1, 0.1.1)\n"
            "No matching distribution found for jaxlib==0.1.65"
        ),
        JAX,
    ),
    (
        "framework-too-old-for-library",
        (
            "ImportError: This version of TensorFlow Probability requires TensorFlow version >= 2.10; Detected an installat"
            "ion of version 2.9.3. Please upgrade TensorFlow to proceed."
        ),
        TF,
    ),
    (
        "framework-removed-api",
        ("ImportError: cannot import name 'index_update' from 'jax.ops' (/home/u/.local/lib/python3.8/site-packages/jax/ops/__init__.py)"),
        JAX,
    ),
    (
        "cpu-only-package-installed",
        (
            "Cannot use GPU because you have installed CPU version PaddlePaddle.\n"
            "If you want to use GPU, please try to install GPU version PaddlePaddle by: pip install paddlepaddle-gpu"
        ),
        {"framework": "paddle"},
    ),
    (
        "framework-removed-api",
        ("AttributeError: module 'numpy' has no attribute 'bool'.\n`np.bool` was a deprecated alias for the builtin `bool`."),
        {"framework": "cupy"},
    ),
    ("numpy-2-abi", "AttributeError: module 'numpy' has no attribute 'AxisError'", {"framework": "cupy"}),
    (
        "dependency-pin-conflict",
        (
            "ERROR: Cannot install flax because these package versions have conflicting dependencies.\n"
            "\n"
            "The conflict is caused by:\n"
            "    optax 0.1.2 depends on jaxlib>=0.1.37\n"
            "    optax 0.1.1 depends on jaxlib>=0.1.37"
        ),
        JAX,
    ),
    (
        "local-file-shadows-package",
        (
            '  File "/Downloads/Deep-learning-activity-recognition-master/tensorflow.py", line 199, in <module>\n'
            "    network()\n"
            "AttributeError: module 'tensorflow' has no attribute 'Variable'"
        ),
        TF,
    ),
    ("wheel-tag-mismatch", "ERROR: jaxlib-0.1.55-cp38-none-manylinux2010_x86_64.whl is not a supported wheel on this platform.", JAX),
    (
        "two-nccl-versions-in-env",
        ("ImportError: /root/.local/conda/envs/y/lib/python3.9/site-packages/torch/lib/libtorch_cuda.so: undefined symbol: ncclCommRegister"),
        PT,
    ),
    (
        "setuptools-without-pkg-resources",
        (
            "    from pkg_resources import packaging  # type: ignore[attr-defined]\n"
            "ImportError: cannot import name 'packaging' from 'pkg_resources' (/x/pkg_resources/__init__.py)"
        ),
        PT,
    ),
    ("numpy-2-abi", ("ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject"), NOTHING),
    (
        "numpy-older-than-build",
        ("ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 88 from C header, got 96 from PyObject"),
        NOTHING,
    ),
    ("numpy-older-than-build", "ImportError: Numba needs NumPy 1.22 or greater. Got NumPy 1.21.", NOTHING),
    (
        "numpy-older-than-build",
        (
            "ImportError: this version of pandas is incompatible with numpy < 1.22.4\n"
            "your numpy version is 1.21.6.\n"
            "Please upgrade numpy to >= 1.22.4 to use this pandas version\n"
            "ImportError: C extension: None not built. If you want to import pandas from the source directory, you may need"
            " to run"
        ),
        NOTHING,
    ),
    ("framework-removed-api", ("AttributeError: jax.interpreters.xla.pytype_aval_mappings was deprecated in JAX v0.5.0 and removed in JAX v0.7.0."), JAX),
    ("framework-removed-api", "AttributeError: jax.device_put_replicated is deprecated; use jax.device_put instead.", JAX),
    ("framework-removed-api", "ModuleNotFoundError: No module named 'tensorflow.keras.layers.experimental'", TF),
    ("framework-too-old-for-library", "ImportError: cannot import name 'shard_map' from 'jax' (/x/jax/__init__.py)", JAX),
    ("framework-too-old-for-library", "ImportError: cannot import name 'AxisType' from 'jax.sharding' (/x/jax/sharding.py)", JAX),
    ("dependency-removed-api-scipy", "AttributeError: scipy.misc is deprecated and has no attribute imresize.", NOTHING),
    ("dependency-removed-api-scipy", "AttributeError: Module 'scipy' has no attribute 'interp'", NOTHING),
    (
        "cpu-only-package-installed",
        ("warning: no usable GPU found, --gpu-layers option will be ignored\nwarning: one possible reason is that llama.cpp was compiled without GPU support"),
        {"gpu": "RTX 3060", "os": "linux"},
    ),
)


@pytest.mark.parametrize(("cause", "log", "facts"), SPOKEN, ids=[f"{number}-{told[0]}" for number, told in enumerate(SPOKEN)])
def test_what_programs_print_gets_its_cause(cause: str, log: str, facts: Mapping[str, object]) -> None:
    assert first_cause(log, facts) == cause


NEIGHBOURS: tuple[Told, ...] = (
    ("cpu-without-avx", "Illegal instruction (core dumped)", {**TF, "arch": "aarch64"}),
    ("cpu-without-avx", "zsh: illegal hardware instruction  python", {**TF, "os": "macos", "gpu": "Apple M2"}),
    ("openblas-cpu-detection-on-arm", "Illegal instruction (core dumped)", {**TF, "arch": "x86_64", "os": "linux"}),
    ("wrong-cpu-architecture-python", "Illegal instruction (core dumped)", {**TF, "arch": "x86_64", "os": "linux"}),
    ("numpy-2-abi", "RuntimeError: module compiled against API version 0x10 but this version of numpy is 0xf", PT),
    ("numpy-older-than-build", "A module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.1.0 as it may crash.", PT),
    ("framework-removed-api", "AttributeError: module 'torch' has no attribute 'compile'", PT),
    ("framework-too-old-for-library", "ModuleNotFoundError: No module named 'torch._six'", PT),
    ("framework-too-old-for-library", "AttributeError: module 'jax' has no attribute 'linear_util'", JAX),
    ("python-32bit", "ERROR: No matching distribution found for tensorflow", {**TF, "python": "3.13", "os": "windows"}),
    ("python-version-unsupported", "ERROR: Could not find a version that satisfies the requirement torch==1.15.0 (from versions: 1.4.0, 1.6.0)", PT),
    ("requested-version-does-not-exist", "ERROR: Could not find a version that satisfies the requirement tensorflow (from versions: none)", TF),
    ("build-tag-not-on-index", "ERROR: No matching distribution found for jaxlib==0.3.10+cuda11.cudnn82", JAX),
    ("obsolete-install-command", "ERROR: No matching distribution found for torch==1.11.0+cu113", PT),
    ("cpu-only-package-installed", "RuntimeError: Found no NVIDIA driver on your system.", PT),
    ("cpu-only-package-installed", "AssertionError: Torch not compiled with CUDA enabled", {**PT, "os": "macos"}),
    ("protobuf-too-new", "VersionError: gencode 5.29.2 runtime 5.27.2. Runtime version cannot be older than the linked gencode version.", TF),
    ("dependency-pin-conflict", "LibMambaUnsatisfiableError: Encountered problems\n  - nothing provides __cuda >=11.8 needed by pytorch-2.1", NOTHING),
    ("setuptools-without-pkg-resources", "UserWarning: pkg_resources is deprecated as an API.", NOTHING),
)


@pytest.mark.parametrize(("cause", "log", "facts"), NEIGHBOURS, ids=[f"{number}-{told[0]}" for number, told in enumerate(NEIGHBOURS)])
def test_a_neighbour_does_not_win(cause: str, log: str, facts: Mapping[str, object]) -> None:
    assert first_cause(log, facts) != cause


HEALTHY = (
    "Installing collected packages: torch\n  Attempting uninstall: torch\n    Found existing installation: torch 2.2.0\n"
    "      Successfully uninstalled torch-2.2.0\nSuccessfully installed torch-2.3.0",
    "Defaulting to user installation because normal site-packages is not writeable\nSuccessfully installed numpy-2.1.0",
    "WARNING: The script torchrun is installed in '/home/me/.local/bin' which is not on PATH.\nSuccessfully installed torch-2.3.0",
    "numpy                     1.26.4          py310hb13e2d6_0    conda-forge\ntorch                     2.3.0                    pypi_0    pypi",
    "flags\t\t: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr sse4_1 sse4_2 popcnt aes xsave rdrand lahf_lm",
    "PyTorch 2.5.1+cpu\nusing device: cpu\nepoch 1/3 loss: 0.53\nepoch 3/3 loss: 0.2\ndone",
    "Resolved 14 packages in 312ms\nInstalled 14 packages in 41ms\n + jax==0.7.0\n + jaxlib==0.7.0\n + numpy==2.3.1",
    'Traceback (most recent call last):\n  File "train.py", line 1, in <module>\n'
    "    from mylab.nets import Net\nModuleNotFoundError: No module named 'mylab'",
    'Traceback (most recent call last):\n  File "/home/me/.local/lib/python3.10/site-packages/torch/nn/modules/module.py", line 1532, in _call_impl\n'
    "RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x10 and 20x5)",
    "TypeError: forward() got an unexpected keyword argument 'mask'",
    "ValueError: Expected input batch_size (32) to match target batch_size (16).",
)


@pytest.mark.parametrize("log", HEALTHY, ids=range(len(HEALTHY)))
def test_a_healthy_log_and_a_fault_of_one_s_own_have_no_cause_here(log: str) -> None:
    assert [each.cause.cause for each in diagnosed(log) if not each.cause.benign] == []


def test_facts_decide_where_pip_says_the_same() -> None:
    log = "ERROR: Could not find a version that satisfies the requirement tensorflow (from versions: none)"
    assert first_cause(log, {**TF, "python": "3.8", "python_bits": 32}) == "python-32bit"
    assert causes(log, {**TF, "python": "3.14", "os": "windows"})[0] == "python-version-unsupported"
    assert "python-32bit" in causes(log, TF)[:3]
