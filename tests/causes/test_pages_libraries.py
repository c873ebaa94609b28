"""The pages on CUDA's libraries, cuDNN, JAX's parts, Keras and ONNX Runtime: each kind of line gets its cause, and its neighbours do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from causes_told import causes, first_cause

LINES: dict[str, list[dict[str, Any]]] = msgspec.toml.decode((Path(__file__).parent / "lines_of_libraries.toml").read_bytes())


def rows(kind: str) -> list[Any]:
    return [pytest.param(row["cause"], row["log"], row.get("facts", {}), id=f"{number}-{row['cause']}") for number, row in enumerate(LINES[kind])]


@pytest.mark.parametrize(("cause", "log", "facts"), rows("spoken"))
def test_what_programs_print_gets_its_cause(cause: str, log: str, facts: dict[str, str]) -> None:
    told = causes(log, facts)
    assert told[:1] == [cause], told


@pytest.mark.parametrize(("cause", "log", "facts"), rows("not_this"))
def test_a_neighbour_s_line_gets_another_cause(cause: str, log: str, facts: dict[str, str]) -> None:
    assert first_cause(log, facts) != cause


def test_a_missing_cudnn_shows_what_may_be_behind_it() -> None:
    told = causes(
        "dso_loader.cc:64] Could not load dynamic library 'libcudnn.so.8'; dlerror: libcudnn.so.8: cannot open shared object file", framework="tensorflow"
    )
    assert {"cudnn-not-found", "cudnn-major-version-mismatch"} <= set(told[:3]), "the facts do not tell, so that both are shown"
