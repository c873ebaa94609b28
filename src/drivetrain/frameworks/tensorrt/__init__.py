"""TensorRT: wheels on the package index for 8.5 and 8.6.0 alone; later releases are a source package whose build step fetches NVIDIA's libraries."""

from __future__ import annotations

from drivetrain.model.build import Bundle, Framework, OsRule

_INSTALL = "https://docs.nvidia.com/deeplearning/tensorrt/latest/installing-tensorrt/install-pip.html"
_READ = "wheels tensorrt 8.5.3.1 and 8.6.0 read on 2026-11-24: libnvinfer.so.8 looks for the CUDA libraries in the nvidia-* wheels beside it"

FRAMEWORK = Framework(
    name="tensorrt",
    distribution="tensorrt",
    title="TensorRT",
    import_name="tensorrt",
    line_parts=(("0", 2),),
    names=("tensorrt-cu13", "tensorrt-cu12", "tensorrt-cu11"),
    libraries=("libnvinfer.so.8", "libnvinfer_builder_resource.so.8"),
    bundles=(
        Bundle(before="8.6", family=11, libraries=(("nvidia-cudnn-cu11", "cudnn"),), loader_paths=(), sources=(_READ,)),
        Bundle(since="8.6", before="8.6.1", family=12, libraries=(("nvidia-cudnn-cu12", "cudnn"),), loader_paths=(), sources=(_READ,)),
    ),
    os_rules=(OsRule(os="macos", cause="platform-without-build", sources=(_INSTALL,)),),
    sources=(_INSTALL, "https://github.com/NVIDIA/TensorRT/issues/2933"),
)
