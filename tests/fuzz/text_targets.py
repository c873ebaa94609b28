"""The readers of texts that people and other programs write: what is wrong in one is told by one error, or passed over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from fuzz.target import OVER_A_LIBRARY, OWN, Target

from drivetrain.errors import DrivetrainError
from drivetrain.formats import build_facts
from drivetrain.formats.audit_settings import settings_of
from drivetrain.formats.condarc import channels_of
from drivetrain.formats.file_kind import request_file
from drivetrain.formats.machine_file import machine_of
from drivetrain.formats.nvidia_proc import module_gpu_of, module_version_of
from drivetrain.formats.nvidia_smi import banner_of, gpus_of_query, lost_of, trouble_of
from drivetrain.formats.os_release import os_release_of
from drivetrain.formats.pip_configuration import pip_settings
from drivetrain.formats.requirement_lines import decoded
from drivetrain.formats.uv_configuration import uv_settings

_ASKS = (
    b"torch",
    b"==",
    b">=2",
    b"[cuda]",
    b" ; ",
    b"python_version < '3'",
    b" @ ",
    b"git+https://",
    b"\n",
    b"-r more.txt",
    b"--hash=sha256:",
    b"${NAME}",
    b"-e .",
)
_TOML = (b"[project]\n", b"[[package]]\n", b" = ", b"[", b"{", b'"', b"]", b"}", b'"""', b"\\ud800", b"1e999", b"1979-05-27T07:32:00Z", b"dev", b"\n")
_YAML = (b"dependencies:\n", b"- pip:\n", b"  - ", b"&a ", b"*a", b"<<: ", b"!!python/object:", b"{", b"[", b"? ", b"|\n", b"::", b"=1.2=py*_0", b"|", b"\n")


def _smi(content: bytes) -> object:
    told = content.decode("utf-8", "replace")
    return gpus_of_query(told), banner_of(told), trouble_of(told), lost_of(told)


def _module(content: bytes) -> object:
    told = content.decode("utf-8", "replace")
    return module_version_of(told), module_gpu_of(told)


def _facts(content: bytes) -> object:
    told = content.decode("utf-8", "replace")
    of_wheels = (build_facts.torch_facts(told), build_facts.torch_accelerator(told), build_facts.onnxruntime_facts(told))
    return of_wheels, build_facts.tensorflow_facts(told), build_facts.paddle_facts(told, "paddlepaddle"), build_facts.cupy_facts(told, "cupy")


def _asks(name: str) -> Callable[[bytes], object]:
    """Reads a file that asks for something, without a group and then with one, as the command line does: a mistake of its writer is told by one error."""

    def read(content: bytes) -> None:
        for groups in ((), ("dev",)):
            with suppress(DrivetrainError):
                request_file(name, decoded(content), _included, groups=groups, variables={"NAME": "numpy"})

    return read


def _included(name: str) -> str:
    if not name.endswith(".txt"):
        raise FileNotFoundError(name)
    return "numpy<2\n-r more.txt\n-c other.txt\n"


def _told(read: Callable[[str, str], object]) -> Callable[[bytes], object]:
    """Reads a text that a person writes: what is wrong in it is told by one error."""

    def reads(content: bytes) -> None:
        with suppress(DrivetrainError):
            read(content.decode("utf-8", "replace"), "some.file")

    return reads


def text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    """Reads a text that is passed over where it makes no sense."""
    return lambda content: read(content.decode("utf-8", "replace"))


TEXT_TARGETS: tuple[Target, ...] = (
    Target("nvidia-smi", _smi, OWN, (b", ", b"\n", b"name", b"[N/A]", b"MiB", b"CUDA Version: ", b"KMD Version: ", b"GPU is lost", b"0x268410DE", b"9" * 64)),
    Target("nvidia-proc", _module, OWN, (b"Kernel Module  ", b" for x86_64", b".", b"550", b": ", b"\n", b"GPU UUID", b"?")),
    Target("os-release", text(os_release_of), OWN, (b"NAME=", b"VERSION_ID=", b"ID_LIKE=", b"PRETTY_NAME=", b'"', b"'", b"\\", b"\n", b"#")),
    Target("build-facts", _facts, OWN, (b"cuda", b" = ", b"'", b"None", b'"is_cuda_build"', b": True", b"(", b"{", b"hip", b"9" * 64)),
    Target("requirements", _asks("requirements.txt"), OVER_A_LIBRARY, (*_ASKS, b"pip install ", b"&& ", b"# coding: ", b"idna", b"\\\n", b"\xff\xfe")),
    Target(
        "pyproject",
        _asks("pyproject.toml"),
        OVER_A_LIBRARY,
        (*_TOML, b"include-group", b"[tool.poetry.dependencies]\n", b"[tool.uv.sources]\n", b"^1.2", b"||"),
    ),
    Target("environment", _asks("environment.yml"), OVER_A_LIBRARY, (*_YAML, *_ASKS[:3])),
    Target("conda-list", _asks("packages.txt"), OVER_A_LIBRARY, (b"@EXPLICIT\n", b"=", b"::", b"[", b"cuda", b"|", b"\n", b"https://a/", b".conda", b"#")),
    Target("pylock", _asks("pylock.toml"), OVER_A_LIBRARY, (*_TOML, b"[packages.vcs]\n", b"[[packages.wheels]]\n", b"hashes", b"1.0")),
    Target("uv-lock", _asks("uv.lock"), OVER_A_LIBRARY, (*_TOML, b"resolution-markers", b"extra == 'extra-1-a-dev'", b"source", b"editable", b"1")),
    Target("machine-file", _told(machine_of), OVER_A_LIBRARY, (b'"gpus": ', b'"variables": ', b"null", b"[", b"{", b"1e999", b"\\ud800", b"}", b"9" * 64)),
    Target("audit-settings", _told(settings_of), OVER_A_LIBRARY, (*_TOML, b"[audit]\n", b"ignore", b"severity", b"# drivetrain: ignore[")),
    Target(
        "pip-configuration",
        _told(lambda told, name: pip_settings(((name, told),), {})),
        OVER_A_LIBRARY,
        (b"[global]\n", b"=", b"\n ", b"%", b"retries", b"nan", b":"),
    ),
    Target("uv-configuration", _told(lambda told, name: uv_settings(((name, told),), {})), OVER_A_LIBRARY, (*_TOML, b"[[index]]\n", b"url", b"[tool.uv]\n")),
    Target("condarc", text(channels_of), OVER_A_LIBRARY, (*_YAML, b"channels:", b"default_channels:", b"channel_alias:")),
)
