"""What TensorFlow opens: its own library on import, and the CUDA libraries by name, through the loader, when a GPU is used."""

from __future__ import annotations

from drivetrain.model.opening import Opening

_LOADER = "https://github.com/tensorflow/tensorflow/blob/v{version}/{path}/dso_loader.cc"
_OLD = _LOADER.format(version="2.13.0", path="third_party/xla/third_party/tsl/tsl/platform/default")
_OLDEST = _LOADER.format(version="2.4.1", path="tensorflow/stream_executor/platform/default")
_READ = "LD_DEBUG=libs of tensorflow 2.21.0 with the wheels of its extra and-cuda, read on 2026-11-24; the RUNPATHs of its libraries"
_FRAMEWORK = ("tensorflow/libtensorflow_framework.so.2", "tensorflow/python/_pywrap_tensorflow_internal.so")
_OF_11 = ("libcudart.so.11.0", "libcublas.so.11", "libcublasLt.so.11", "libcufft.so.10", "libcusparse.so.11", "libcudnn.so.{cudnn}")
_OF_12 = ("libcublas.so.12", "libcublasLt.so.12", "libcufft.so.11", "libcusparse.so.12", "libcudnn.so.{cudnn}", "libnccl.so.2", "libcupti.so.12")
_DLLS = ("cudart64_110.dll", "cublas64_11.dll", "cublasLt64_11.dll", "cufft64_10.dll", "cusolver64_11.dll", "cusparse64_11.dll", "cudnn64_{cudnn}.dll")

OPENINGS = (
    Opening(
        files=(
            "tensorflow/python/platform/_pywrap_cpu_feature_guard.so",
            "tensorflow/python/_pywrap_tensorflow_internal.so",
            "tensorflow/python/_pywrap_tfe.so",
        ),
        sources=(_READ,),
    ),
    Opening(since="2.5", family=11, cuda_build=True, opener=_FRAMEWORK, sonames=(*_OF_11, "libcusolver.so.11"), when="gpu", sources=(_OLD,)),
    Opening(since="2.4", before="2.5", family=11, cuda_build=True, opener=_FRAMEWORK, sonames=(*_OF_11, "libcusolver.so.10"), when="gpu", sources=(_OLDEST,)),
    # Opened when it is imported already; only a GPU misses it.
    Opening(family=12, cuda_build=True, opener=_FRAMEWORK, sonames=("libcudart.so.12",), when="gpu", sources=(_READ,)),
    Opening(family=12, cuda_build=True, opener=_FRAMEWORK, sonames=_OF_12, when="gpu", sources=(_READ,)),
    Opening(
        family=12,
        cuda_build=True,
        opener=("tensorflow/libtensorflow_cc.so.2", "tensorflow/python/_pywrap_tensorflow_internal.so"),
        sonames=("libcusolver.so.11",),
        when="gpu",
        sources=(_READ,),
    ),
    Opening(
        os="windows",
        before="2.11",
        family=11,
        cuda_build=True,
        sonames=_DLLS,
        when="gpu",
        sources=(_OLD, "https://www.tensorflow.org/install/pip#windows-native"),
    ),
)
