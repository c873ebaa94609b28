"""The pages on compilers, extensions, the loader and libraries of the system: each kind of line gets its cause, and its neighbours do not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from causes_told import causes, first_cause

SITE = "/home/me/env/lib/python3.11/site-packages"
GONE = "cannot open shared object file: No such file or directory"
TORCH, TF, JAX = {"framework": "torch", "os": "linux"}, {"framework": "tensorflow", "os": "linux"}, {"framework": "jax", "os": "linux"}
WINDOWS = {"framework": "torch", "os": "windows"}
BUILDING = "  × Getting requirements to build wheel did not run successfully.\n  │ exit code: 1\n      Traceback (most recent call last):\n"
REDZONE = "2020-09-22 11:42:03.997861: W tensorflow/stream_executor/cuda/redzone_allocator.cc:312]"
NO_SM_86 = "Value 'sm_86' is not defined for option 'gpu-name'"
FALLS_BACK = "Relying on driver to perform ptx compilation. \nModify $PATH to customize ptxas location.\nThis message will be only logged once."
NVCC_10 = "C:\\Program Files\\NVIDIA GPU Computing Toolkit\\CUDA\\v10.2"

Told = tuple[str, str, Mapping[str, str]]

SPOKEN: tuple[Told, ...] = (
    (
        "bitsandbytes-cuda-lib-not-selected",
        f"{SITE}/bitsandbytes/libbitsandbytes_cpu.so: undefined symbol: cadam32bit_grad_fp32",
        {"framework": "bitsandbytes"},
    ),
    ("bitsandbytes-cuda-lib-not-selected", "function 'cadam32bit_grad_fp32' not found", {"os": "windows"}),
    (
        "bitsandbytes-cuda-lib-not-selected",
        "UserWarning: The installed version of bitsandbytes was compiled without GPU support. 8-bit optimizers are unavailable.",
        TORCH,
    ),
    (
        "bitsandbytes-cuda-lib-not-selected",
        f"Could not find the bitsandbytes CUDA binary at PosixPath('{SITE}/bitsandbytes/libbitsandbytes_cuda128.so')",
        TORCH,
    ),
    (
        "bitsandbytes-cuda-lib-not-selected",
        "CUDA SETUP: Required library version not found: libbitsandbytes_cuda124.so. Maybe you need to compile it from source?",
        TORCH,
    ),
    ("bitsandbytes-cuda-lib-not-selected", "RuntimeError: CUDA Setup failed despite GPU being available. Please run the following command", {}),
    ("bitsandbytes-cuda-lib-not-selected", "AttributeError: 'NoneType' object has no attribute 'cget_col_row_stats'", {}),
    ("bitsandbytes-cuda-lib-not-selected", "TypeError: argument of type 'WindowsPath' is not iterable", WINDOWS),
    ("cuda-home-not-set", "OSError: CUDA_HOME environment variable is not set. Please set it to your CUDA install root.", {**TORCH, "cuda_installed": "11.8"}),
    ("cuda-home-not-set", "No CUDA runtime is found, using CUDA_HOME=':/usr/local/cuda-11.8:/usr/local/cuda-11.3'", TORCH),
    ("cuda-home-not-set", "error: [Errno 2] No such file or directory: ':/usr/local/cuda/bin/nvcc'", TORCH),
    (
        "cuda-toolkit-missing-for-build",
        "OSError: CUDA_HOME environment variable is not set. Please set it to your CUDA install root.",
        {**TORCH, "cuda_installed": "none"},
    ),
    (
        "cuda-toolkit-missing-for-build",
        "UserWarning: mamba_ssm was requested, but nvcc was not found.  Are you sure your environment has nvcc available?",
        TORCH,
    ),
    ("cuda-toolkit-missing-for-build", "NameError: name 'bare_metal_version' is not defined", TORCH),
    ("cuda-toolkit-missing-for-build", "RuntimeError: Could not find nvcc and default cuda_home='/usr/local/cuda' doesn't exist", {"framework": "vllm"}),
    ("cuda-toolkit-missing-for-build", "FileNotFoundError: [Errno 2] No such file or directory: '/usr/local/cuda/bin/nvcc'", TORCH),
    ("cuda-toolkit-missing-for-build", "/tmp/tmp1x/main.c:2:10: fatal error: cuda.h: No such file or directory", TORCH),
    ("cuda-toolkit-missing-for-build", "CMake Error at CMakeLists.txt:9 (project): No CMAKE_CUDA_COMPILER could be found.", {}),
    ("cuda-toolkit-lib-not-on-linker-path", "/usr/bin/ld: cannot find -lcudart: No such file or directory\ncollect2: error: ld returned 1 exit status", TORCH),
    ("cuda-toolkit-lib-not-on-linker-path", "/opt/conda/compiler_compat/ld: 找不到 -lcublas: 没有那个文件或目录", TORCH),
    ("cuda-toolkit-lib-not-on-linker-path", "ld.lld: error: unable to find library -lcusparse", {}),
    ("cuda-toolkit-lib-not-on-linker-path", "LINK : fatal error LNK1181: 无法打开输入文件“cudart.lib”", WINDOWS),
    ("duplicate-openmp-runtime", "OMP: Error #15: Initializing libiomp5.so, but found libiomp5.so already initialized.", TORCH),
    ("duplicate-openmp-runtime", "Initializing libomp.dylib, but found libiomp5.dylib already initialized.", {"os": "macos"}),
    ("duplicate-openmp-runtime", "OMP: Error #15: Initializing libomp140.x86_64.dll, but found libiomp5md.dll already initialized.", WINDOWS),
    ("duplicate-openmp-runtime", "Error: mkl-service + Intel(R) MKL: MKL_THREADING_LAYER=INTEL is incompatible with libgomp-a34b3233.so.1 library.", TORCH),
    ("extension-built-for-other-framework-version", f"ImportError: {SITE}/flash_attn_2_cuda.so: undefined symbol: _ZN3c104cuda9SetDeviceEi", TORCH),
    (
        "extension-built-for-other-framework-version",
        f"OSError: {SITE}/torch_sparse/_convert_cuda.so: undefined symbol: _ZNK2at10TensorBase8data_ptrIdEEPT_v",
        TORCH,
    ),
    ("extension-built-for-other-framework-version", "ImportError: undefined symbol: _ZNK3c105Error4whatEv", TORCH),
    (
        "extension-built-for-other-framework-version",
        f"{SITE}/tensorflow_addons/custom_ops/_activation_ops.so: undefined symbol: _ZN10tensorflow12OpDefBuilder4AttrESs",
        TF,
    ),
    (
        "extension-built-for-other-framework-version",
        "WARNING[XFORMERS]: xFormers can't load C++/CUDA extensions. xFormers was built for:\n    PyTorch 2.1.0+cu121 with CUDA 1201 (you have 2.2.0+cu121)",
        {},
    ),
    (
        "extension-built-for-other-framework-version",
        "RuntimeError: Detected that PyTorch and torch_scatter were compiled with different CUDA versions. PyTorch has CUDA version 12.1",
        TORCH,
    ),
    ("extension-built-for-other-framework-version", "ImportError: DLL load failed while importing _C: The specified procedure could not be found.", WINDOWS),
    ("extension-built-for-other-framework-version", "ImportError: DLL load failed while importing _C: 找不到指定的程序。", WINDOWS),
    (
        "extension-built-for-other-framework-version",
        f"ImportError: dlopen({SITE}/torch_scatter/_C.so): Symbol not found: __ZN3c105ErrorC1ENS_14SourceLocationE",
        {"os": "macos"},
    ),
    ("extension-built-without-cuda", "RuntimeError: Not compiled with GPU support", TORCH),
    ("extension-built-without-cuda", "RuntimeError: nms_impl: implementation for device cuda:0 not found.", TORCH),
    ("extension-built-without-cuda", "NotImplementedError: Could not run 'torchvision::nms' with arguments from the 'CUDA' backend.", TORCH),
    ("glibc-execstack-blocked", "ImportError: libtorch_cpu.so: cannot enable executable stack as shared object requires: Invalid argument", TORCH),
    ("glibc-execstack-blocked", "libctranslate2-bc15bf3f.so.4.5.0: cannot enable executable stack", {}),
    ("glibc-too-old", f"ImportError: /lib64/libm.so.6: version `GLIBC_2.23' not found (required by {SITE}/jaxlib/xla_extension.so)", JAX),
    ("glibc-too-old", "/lib/x86_64-linux-gnu/libc.so.6: version 'GLIBC_2.34' not found", TF),
    ("host-compiler-too-new", "host_config.h:143:2: error: #error -- unsupported GNU version! gcc versions later than 12 are not supported!", {}),
    ("host-compiler-too-new", "RuntimeError: The current installed version of g++ (13.3.0) is greater than the maximum required version by CUDA 11.7.", TORCH),
    (
        "host-compiler-too-new",
        f"{NVCC_10}\\include\\crt/host_config.h(160): fatal error C1189: #error:  -- unsupported Microsoft Visual Studio version!",
        WINDOWS,
    ),
    ("host-compiler-too-new", "/usr/include/c++/11/bits/std_function.h:435:145: error: parameter packs not expanded with '...'", TORCH),
    ("host-compiler-too-new", 'error: exception specification is incompatible with that of previous function "cospi"', {}),
    ("libdevice-not-found", "INTERNAL: libdevice not found at ./libdevice.10.bc", TF),
    ("libdevice-not-found", "error: Can't find libdevice directory ${CUDA_DIR}/nvvm/libdevice", {**TF, "os": "windows"}),
    (
        "libstdcxx-too-old",
        f"ImportError: /lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.29' not found (required by {SITE}/matplotlib/_path.so)",
        {},
    ),
    ("libstdcxx-too-old", "OSError: /opt/conda/bin/../lib/libstdc++.so.6: version `CXXABI_1.3.15' not found", TORCH),
    ("libstdcxx-too-old", "undefined symbol: _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE9_M_createERmm", TORCH),
    ("mkl-too-new-for-torch", f"ImportError: {SITE}/torch/lib/libtorch_cpu.so: undefined symbol: iJIT_NotifyEvent", TORCH),
    (
        "multiple-cupy-packages",
        "  CuPy may not function correctly because multiple CuPy packages are installed\n  in your environment:\n\n    cupy-cuda12x, cupy-cuda13x",
        {},
    ),
    ("multiple-cupy-packages", "AttributeError: module 'cupy' has no attribute 'random'", {"framework": "cupy", "pip_packages": "cupy, cupy-cuda12x"}),
    ("ninja-not-found", "RuntimeError: Ninja is required to load C++ extensions", TORCH),
    ("ninja-not-found", "FileNotFoundError: [Errno 2] No such file or directory: 'ninja'", {"framework": "vllm"}),
    (
        "nvcc-differs-from-torch-cuda",
        "The detected CUDA version (12.8) mismatches the version that was used to compile\nPyTorch (11.8). Please make sure to use the same CUDA versions.",
        TORCH,
    ),
    (
        "nvcc-differs-from-torch-cuda",
        "RuntimeError: Cuda extensions are being compiled with a version of Cuda that does not match the version used to compile Pytorch binaries.",
        TORCH,
    ),
    (
        "nvcc-differs-from-torch-cuda",
        ">- DeepSpeed Op Builder: Installed CUDA version 11.8 does not match the version torch was compiled with 12.1, unable to compile cuda/cpp extensions",
        {},
    ),
    ("nvcc-too-old-for-gpu-arch", "nvcc fatal   : Unsupported gpu architecture 'compute_120'", TORCH),
    ("nvcc-too-old-for-gpu-arch", "nvcc fatal   : Unsupported gpu architecture 'compute_35'", {}),
    ("nvcc-too-old-for-gpu-arch", "nvcc fatal   : Value 'c++17' is not defined for option 'std'", TORCH),
    ("nvrtc-too-old-for-gpu", "RuntimeError: nvrtc: error: invalid value for --gpu-architecture (-arch)\n\nnvrtc compilation failed: ", TORCH),
    ("pip-build-isolation-hides-torch", f"{BUILDING}      ModuleNotFoundError: No module named 'torch'\n      [end of output]", {}),
    ("pip-build-isolation-hides-torch", f"{BUILDING}      ModuleNotFoundError: No module named 'packaging'", {"framework": "flash-attn"}),
    ("pip-build-isolation-hides-torch", "ModuleNotFoundError: No module named 'torch'", {"framework": "gptqmodel", "package.torch": "2.6.0"}),
    ("pip-build-isolation-hides-torch", "hint: This error likely indicates that `bae` depends on `torch`, but doesn't declare it as a build dependency.", {}),
    ("ptxas-missing-or-old", "ptxas fatal   : Value 'sm_121a' is not defined for option 'gpu-name'", TORCH),
    ("ptxas-missing-or-old", "ptxas /tmp/tmpqgu1f9dk.ptx, line 5; fatal   : Unsupported .version 8.6; current version is '8.5'", TORCH),
    ("ptxas-missing-or-old", "UNAVAILABLE: No PTX compilation provider is available. Neither ptxas/nvlink nor nvjtlink is available.", JAX),
    ("ptxas-missing-or-old", "  (0) Not found: ./bin/ptxas not found", TF),
    ("ptxas-missing-or-old", "RuntimeError: Cannot find ptxas-blackwell", TORCH),
    ("python-headers-missing", "/tmp/tmps1rkq3y3/main.c:5:10: fatal error: Python.h: No such file or directory", TORCH),
    ("python-headers-missing", "main.c:5:10: 致命错误：Python.h：没有那个文件或目录", TORCH),
    ("python-headers-missing", "cuda_utils.c:14: error: include file 'Python.h' not found", WINDOWS),
    ("python-headers-missing", "fatal error C1083: Cannot open include file: 'Python.h': No such file or directory", WINDOWS),
    ("static-tls-exhausted", "OSError: /usr/lib/aarch64-linux-gnu/libgomp.so.1: cannot allocate memory in static TLS block", TORCH),
    ("torchvision-torch-mismatch", "RuntimeError: operator torchvision::nms does not exist", TORCH),
    (
        "torchvision-torch-mismatch",
        "RuntimeError: Couldn't load custom C++ ops. This can happen if your PyTorch and torchvision versions are incompatible",
        TORCH,
    ),
    (
        "torchvision-torch-mismatch",
        "RuntimeError: Detected that PyTorch and torchvision were compiled with different CUDA versions. PyTorch has CUDA Version=11.7",
        TORCH,
    ),
    (
        "torchvision-torch-mismatch",
        f"UserWarning: Failed to load image Python extension: {SITE}/torchvision/image.so: undefined symbol: _ZN3c106detail19maybe_wrap_dim_slowEllb",
        TORCH,
    ),
    ("arch-list-lacks-gpu", "    arch_list[-1] += '+PTX'\nIndexError: list index out of range", TORCH),
    ("extension-must-be-compiled", "error: Microsoft Visual C++ 14.0 or greater is required. Get it with Microsoft C++ Build Tools", {"os": "windows"}),
    ("extension-must-be-compiled", "RuntimeError: Failed to find C compiler. Please specify via CC environment variable.", TORCH),
    ("extension-must-be-compiled", "c++: fatal error: Killed signal terminated program cc1plus", TORCH),
    ("ptx-jit-impossible", "ptxas application ptx input, line 9; fatal   : Unsupported .version 8.4; current version is '8.0'", {"framework": "numba"}),
    ("system-library-missing", f"ImportError: libGL.so.1: {GONE}", {}),
    ("system-library-missing", f"OSError: libgomp.so.1: {GONE}", TORCH),
    ("extension-must-be-compiled", 'Setting up PyTorch plugin "bias_act_plugin"... Failed!', TORCH),
    ("extension-must-be-compiled", "RuntimeError: Could not find MSVC/GCC/CLANG installation on this computer.", TORCH),
    ("extension-built-for-other-framework-version", "ImportError: /x/my_ext.so: undefined symbol: THCState_getCurrentStream", TORCH),
    ("python-headers-missing", "C:/T/cuda_utils.c:13: error: include file 'pyconfig.h' not found", TORCH),
    ("nvcc-too-old-for-gpu-arch", "  Unknown CUDA Architecture Name 12.0 in CUDA_SELECT_NVCC_ARCH_FLAGS", TORCH),
    ("nvcc-too-old-for-gpu-arch", "  CUDA version 10.2 is too low for architecture 86.  Targeting architecture", TORCH),
    ("arch-list-lacks-gpu", "nvcc fatal   : Unsupported gpu architecture 'compute_'", TORCH),
    ("cuda-home-not-set", "  Couldn't find CUDA library root.", TORCH),
    ("host-compiler-too-new", "/usr/include/bits/mathcalls.h:83:1: error: exception specification in declaration does not match previous declaration", TORCH),
    ("mkl-too-new-for-torch", "Intel MKL FATAL ERROR: Cannot load libmkl_avx2.so or libmkl_def.so.", TORCH),
)

NOT_THIS: tuple[Told, ...] = (
    ("bitsandbytes-cuda-lib-not-selected", "RuntimeError: Not compiled with GPU support", TORCH),
    ("cuda-home-not-set", "OSError: CUDA_HOME environment variable is not set.", {**TORCH, "cuda_installed": "none"}),
    ("cuda-toolkit-missing-for-build", "OSError: CUDA_HOME environment variable is not set.", {**TORCH, "nvcc": "12.4"}),
    ("cuda-toolkit-missing-for-build", "/tmp/main.c:5:10: fatal error: Python.h: No such file or directory", TORCH),
    ("cuda-toolkit-lib-not-on-linker-path", "/usr/bin/ld: cannot find -lpython3.11", TORCH),
    ("cuda-toolkit-lib-not-on-linker-path", "c++ a.o -shared -L/opt/lib -lcudart -o fused_optim.so", TORCH),
    ("duplicate-openmp-runtime", "OMP: Info #276: omp_set_nested routine deprecated, please use omp_set_max_active_levels instead.", TORCH),
    ("extension-built-for-other-framework-version", "undefined symbol: _ZNSt13runtime_errorC2EPKc", TORCH),
    ("extension-built-for-other-framework-version", f"{SITE}/torch/lib/libtorch_cpu.so: undefined symbol: iJIT_NotifyEvent", TORCH),
    ("extension-built-for-other-framework-version", f"{SITE}/torchvision/_C.so: undefined symbol: _ZN3c106detail14torchCheckFailEPKcS2_jRKSs", TORCH),
    ("extension-built-without-cuda", "AssertionError: Torch not compiled with CUDA enabled", TORCH),
    ("glibc-too-old", "libstdc++.so.6: version `GLIBCXX_3.4.30' not found", TORCH),
    ("libstdcxx-too-old", "libc.so.6: version `GLIBC_2.32' not found", TORCH),
    ("libstdcxx-too-old", "undefined symbol: _ZN3c1015SmallVectorBaseIjE8grow_podEPvmm", TORCH),
    ("host-compiler-too-new", "nvcc fatal   : Unsupported gpu architecture 'compute_89'", TORCH),
    ("nvcc-too-old-for-gpu-arch", "ptxas fatal   : Value 'sm_120' is not defined for option 'gpu-name'", TORCH),
    (
        "nvcc-differs-from-torch-cuda",
        "UserWarning: The detected CUDA version (12.6) has a minor version mismatch with the version that was used to compile PyTorch (12.4).",
        TORCH,
    ),
    ("ninja-not-found", "subprocess.CalledProcessError: Command '['ninja', '-v']' returned non-zero exit status 1.", TORCH),
    (
        "pip-build-isolation-hides-torch",
        "  File \"train.py\", line 1, in <module>\n    import torch\nModuleNotFoundError: No module named 'torch'",
        {"os": "linux"},
    ),
    (
        "ptxas-missing-or-old",
        f"{REDZONE} Internal: ptxas exited with non-zero error code 65280, output: ptxas fatal   : {NO_SM_86}\n\n{FALLS_BACK}",
        TF,
    ),
    ("ptxas-missing-or-old", "ptxas application ptx input, line 9; fatal   : Unsupported .version 7.8; current version is '7.4'", {}),
    ("python-headers-missing", "/tmp/main.c:2:10: fatal error: cuda.h: No such file or directory", TORCH),
    ("static-tls-exhausted", "OSError: [Errno 12] Cannot allocate memory", TORCH),
    ("torchvision-torch-mismatch", f"{SITE}/flash_attn_2_cuda.so: undefined symbol: _ZN3c104cuda9SetDeviceEi", TORCH),
    ("multiple-cupy-packages", "AttributeError: module 'numpy' has no attribute 'random'", {}),
    ("system-library-missing", f"ImportError: libcudart.so.12: {GONE}", TORCH),
    ("system-library-missing", f"ImportError: libcuda.so.1: {GONE}", TORCH),
    ("debugging-variable-left-on", "For debugging consider passing CUDA_LAUNCH_BLOCKING=1", TORCH),
)


@pytest.mark.parametrize(("cause", "log", "facts"), SPOKEN, ids=[f"{number}-{cause}" for number, (cause, _, _) in enumerate(SPOKEN)])
def test_what_programs_print_gets_its_cause(cause: str, log: str, facts: Mapping[str, str]) -> None:
    told = causes(log, facts)
    assert told[:1] == [cause], told


@pytest.mark.parametrize(("cause", "log", "facts"), NOT_THIS, ids=[f"{number}-{cause}" for number, (cause, _, _) in enumerate(NOT_THIS)])
def test_a_neighbour_s_line_gets_another_cause(cause: str, log: str, facts: Mapping[str, str]) -> None:
    assert first_cause(log, facts) != cause


def test_where_the_facts_do_not_tell_both_are_shown() -> None:
    told = causes("OSError: CUDA_HOME environment variable is not set. Please set it to your CUDA install root.", TORCH)
    assert {"cuda-home-not-set", "cuda-toolkit-missing-for-build"} == set(told[:2])
