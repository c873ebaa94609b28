"""What is shared names nobody, opens nothing, and still says what a helper needs."""

from __future__ import annotations

import pytest

from drivetrain.formats.redaction import redacted

GONE = [
    ("/home/alice/project/train.py", "alice"),
    (r"C:\Users\Alice Chen\envs\ml\train.py", "Alice"),
    ('File "/Users/alice/x.py", line 3', "alice"),
    ("~/secret-project/run.sh", "secret-project"),
    ("/data/acme/secret-model/weights.pt", "acme"),
    (r"\\fileserver\share$\team\x", "fileserver"),
    ("alice@gpu-box-7:~/x$ nvidia-smi", "gpu-box-7"),
    ("(base) alice@box:/srv$ python", "alice"),
    ("mail alice.chen@corp.example.com", "alice.chen"),
    ("HF_TOKEN=hf_abcdefghijklmnopqrstuvwxyz0123", "hf_abc"),
    ("git clone https://bob:s3cr3t@git.example/x", "s3cr3t"),
    ("Authorization: Bearer abcdef0123456789", "abcdef0123456789"),
    ("ghp_0123456789abcdefghijklmnopqrstuvwxyz", "ghp_"),
    ("password: hunter2secret", "hunter2secret"),
    ("AKIAABCDEFGHIJKLMNOP", "AKIA"),
    ("WANDB_API_KEY='0123456789abcdef0123456789abcdef01234567'", "0123456789abcdef"),
    ("connecting to 10.12.0.7:29500", "10.12.0.7"),
    ("inet6 fe80::1ff:fe23:4567:890a", "fe23"),
    ("GPU-01234567-89ab-cdef-0123-456789abcdef", "01234567-89ab"),
    ("link/ether 00:1b:44:11:3a:b7", "44:11"),
    ("Aug 12 10:20:30 labserver3 kernel: NVRM: Xid", "labserver3"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.c2lnbmF0dXJlMTIz", "eyJ"),
]
STAYS = [
    "RuntimeError: CUDA error: no kernel image is available for execution on the device",
    "Driver Version: 550.54.14    CUDA Version: 12.4",
    "nvidia-cudnn-cu12==9.10.2.21",
    "nvidia_cudnn_cu12-9.1.0.70-py3-none-manylinux2014_x86_64.whl",
    "/usr/local/cuda-12.4/lib64/libcudart.so.12: cannot open shared object file",
    "NVRM: Xid (PCI:0000:65:00): 79, GPU has fallen off the bus.",
    "version `GLIBC_2.34' not found",
    "jaxlib 0.4.25+cuda12.cudnn89",
    "I tensorflow/core/platform/cpu_feature_guard.cc:182] This TensorFlow binary",
    "2024-01-15 10:20:30.123456: W tensorflow/compiler/tf2tensorrt/utils/py_utils.cc:38] TF-TRT Warning",
    "torch 2.1.0+cu121 on Python 3.11.7",
    "127.0.0.1",
]


@pytest.mark.parametrize(("text", "secret"), GONE, ids=[secret for _, secret in GONE])
def test_what_names_or_opens_is_gone(text: str, secret: str) -> None:
    assert secret not in redacted(text)
    assert secret not in redacted(f"before {text} after" if not text[0].isalpha() or ":" not in text[:4] else f"{text} after")


@pytest.mark.parametrize("text", STAYS)
def test_messages_and_versions_stay(text: str) -> None:
    assert redacted(text) == text


def test_a_path_of_a_package_keeps_the_package() -> None:
    text = 'File "/home/alice/.venv/lib/python3.11/site-packages/torch/cuda/__init__.py", line 298, in _lazy_init'
    assert redacted(text) == 'File "<path>/lib/python3.11/site-packages/torch/cuda/__init__.py", line 298, in _lazy_init'
    windows = r"Error loading C:\Users\Alice\envs\ml\Lib\site-packages\torch\lib\c10.dll"
    assert redacted(windows) == "Error loading <path>/site-packages/torch/lib/c10.dll"


def test_names_that_are_known_go_wherever_they_stand() -> None:
    assert redacted("run by wangwei on node-A17 (wangwei_ok)", ("wangwei", "node-A17")) == "run by <name> on <name> (<name>_ok)"
    assert redacted("the root of it", ("it",)) == "the root of it", "a word of two letters is no name"
