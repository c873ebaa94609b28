"""Tells from a symbol's name what it belongs to, and from a library's name whether it gives such symbols: the frameworks and CUDA's libraries.

Names as the headers declare them: https://docs.nvidia.com/cuda/, https://docs.nvidia.com/deeplearning/nccl/, PyTorch's c10, at and torch, TensorFlow's
c_api.h. C++ names begin with their outermost namespace: Itanium C++ ABI, https://itanium-cxx-abi.github.io/cxx-abi/abi.html#mangling.
"""

from __future__ import annotations

import re

_QUALIFIED = re.compile(r"_Z(?:T[ISVT]|GV|GR)?N[VKRO]*(\d+)(\w+)")
_NAMESPACES = {
    **dict.fromkeys(("c10", "at", "torch", "caffe2", "c10d"), "torch"),
    **dict.fromkeys(("tensorflow", "tsl", "xla"), "tensorflow"),
    "cudnn": "cudnn",
}
_PREFIXES = (
    ("aoti_torch_", "torch"),
    ("TF_", "tensorflow"),
    ("TFE_", "tensorflow"),
    ("nccl", "nccl"),
    ("cudnn", "cudnn"),
    ("cublas", "cublas"),
    ("cusparseLt", "cusparselt"),
    ("cusparse", "cusparse"),
    ("cusolver", "cusolver"),
    ("cufft", "cufft"),
    ("curand", "curand"),
    ("nvJitLink", "nvjitlink"),
    ("__nvJitLink", "nvjitlink"),
    ("nvrtc", "nvrtc"),
    ("cupti", "cupti"),
    ("nvshmem", "nvshmem"),
    ("cuda", "cudart"),
    ("__cuda", "cudart"),
    ("iJIT_", "mkl"),
)
_LIBRARIES = re.compile(
    r"(?:lib)?(?:(torch|c10|shm)|(tensorflow)|(nccl)|(cudnn)|(cublas)|(cusparselt)|(cusparse)|(cusolver)|(cufft)|(curand)|(nvjitlink)|(nvrtc)|(cupti)"
    r"|(nvshmem)|(cudart)|(mkl)|(_pywrap_tensorflow))(?!.*_static)[\w.-]*\.(?:so|dll|pyd)[\d.]*",
    re.IGNORECASE,
)
_GIVERS = (
    "torch", "tensorflow", "nccl", "cudnn", "cublas", "cusparselt", "cusparse", "cusolver", "cufft", "curand", "nvjitlink", "nvrtc", "cupti",
    "nvshmem", "cudart", "mkl", "tensorflow",
)  # fmt: skip


def giver_of_symbol(name: str) -> str:
    """Gives "torch" for "_ZN3c105ErrorC1Ev", "nccl" for "ncclCommRegister"; empty for a name that is none of them's."""
    if (found := _QUALIFIED.match(name)) is not None:
        return _NAMESPACES.get(found[2][: int(found[1])] if len(found[1]) < 4 else "", "")
    return next((giver for prefix, giver in _PREFIXES if name.startswith(prefix)), "")


def giver_of_library(name: str) -> str:
    """Gives "torch" for "libc10.so", "cudnn" for "libcudnn_ops.so.9"; empty for a library that is none of them's."""
    found = _LIBRARIES.fullmatch(name)
    return _GIVERS[found.lastindex - 1] if found is not None and found.lastindex else ""


_STRINGS = "NSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"
_OLD_STRINGS = "Ss"


def other_spelling(name: str) -> str:
    """Gives a name that takes a string as the other C++ ABI of GNU's library spells it (_GLIBCXX_USE_CXX11_ABI); empty where it takes none.

    Source: https://gcc.gnu.org/onlinedocs/libstdc++/manual/using_dual_abi.html.
    """
    if not name.startswith("_Z"):
        return ""
    if _STRINGS in name:
        return name.replace(_STRINGS, _OLD_STRINGS)
    return name.replace(_OLD_STRINGS, _STRINGS) if re.search(r"(?<=[EKRKPiljbSv\d_])Ss", name) else ""
