"""What ONNX Runtime opens: its extension module on import, and the CUDA provider by path when a session asks for it."""

from __future__ import annotations

from drivetrain.model.opening import Opening

_SOURCE = (
    "https://github.com/microsoft/onnxruntime/blob/v1.20.1/onnxruntime/core/session/provider_bridge_ort.cc (`ProviderLibrary`, by path beside its own library)"
)

OPENINGS = (
    Opening(files=("onnxruntime/capi/onnxruntime_pybind11_state.*.so", "onnxruntime/capi/onnxruntime_pybind11_state.so"), sources=(_SOURCE,)),
    Opening(
        files=("onnxruntime/capi/libonnxruntime_providers_shared.so", "onnxruntime/capi/libonnxruntime_providers_cuda.so"),
        of="onnxruntime-gpu",
        when="gpu",
        sources=(_SOURCE,),
    ),
    Opening(
        os="windows",
        files=("onnxruntime/capi/onnxruntime_pybind11_state.pyd", "onnxruntime/capi/onnxruntime_providers_cuda.dll"),
        of="onnxruntime-gpu",
        when="gpu",
        sources=(_SOURCE,),
    ),
)
