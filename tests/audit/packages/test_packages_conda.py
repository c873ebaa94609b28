"""Packages of conda: replaced by pip, a GPU build lost, files gone."""

from __future__ import annotations

from typing import Any

import pytest
from audit.facts import RTX_4090, environment, found, machine, one, outcomes, states, torch_built
from msgspec.structs import replace

from drivetrain.model.environment import Environment
from drivetrain.model.site_folder import CondaPackage

HERE = machine(RTX_4090)
GPU_LOST, REPLACED, INCOMPLETE = "pip-replaced-conda-gpu-build", "pip-over-conda-package", "environment-incomplete"


def package(name: str, version: str, build: str, **facts: Any) -> CondaPackage:
    return CondaPackage(**{"name": name, "version": version, "build": build, "path": f"conda-meta/{name}-{version}-{build}.json", "files": 40, **facts})


PYTORCH = package("pytorch", "2.5.1", "cuda126_py311h_0", distribution="torch", replaced_by="2.8.0+cpu", replaced_with="pip")


def conda(*packages: CondaPackage, cuda: str | None = None) -> Environment:
    torch = one("torch", "2.8.0" if cuda else "2.8.0+cpu", installer="pip")
    return environment(torch, builds=(torch_built(cuda),), kind="conda", conda=packages)


def test_a_gpu_build_that_pip_replaced_by_one_for_the_cpu_is_one_finding() -> None:
    several = found(HERE, conda(PYTORCH))
    outcome = several[GPU_LOST]
    assert (outcome.severity, outcome.about) == ("error", "torch")
    assert "over conda's build 2.5.1 cuda126_py311h_0" in outcome.says
    assert outcome.fix[0].commands[0] == "/env/bin/python -m pip uninstall --yes torch"
    assert "cpu-only-package-installed" not in several


def test_another_gpu_build_over_it_or_no_gpu_here_is_milder() -> None:
    assert found(HERE, conda(package("pytorch", "2.5.1", "cuda126_0", distribution="torch", replaced_by="2.8.0"), cuda="12.8"))[GPU_LOST].severity == "warning"
    assert found(machine(driver=None), conda(PYTORCH))[GPU_LOST].severity == "warning"


def test_a_plain_package_that_pip_replaced_has_another_name() -> None:
    several = found(HERE, conda(package("numpy", "1.26.4", "py311h_0", distribution="numpy", replaced_by="2.2.0"), cuda="12.8"))
    assert several[REPLACED].severity == "warning"
    assert "numpy 1.26.4 → 2.2.0" in several[REPLACED].says
    assert GPU_LOST not in several
    idna = found(HERE, conda(package("idna", "3.7", "py_0", distribution="idna", replaced_by="3.10"), cuda="12.8"))
    assert idna[REPLACED].severity == "note"


@pytest.mark.parametrize("silent", [environment(), conda(package("pytorch", "2.5.1", "cuda126_0", distribution="torch"), cuda="12.6")])
def test_what_stands_as_conda_left_it_is_clear(silent: Environment) -> None:
    assert states(GPU_LOST, outcomes(HERE, silent)) == {"clear"}


def test_without_condas_records_nobody_can_tell() -> None:
    assert states(GPU_LOST, outcomes(HERE, conda(cuda="12.6"))) == {"unknown"}
    assert "unknown" in states(INCOMPLETE, outcomes(HERE, conda(cuda="12.6")))


def test_libraries_that_are_gone_are_an_error_and_texts_a_note() -> None:
    cudnn = package("cudnn", "9.3.0", "h_0", missing=("lib/libcudnn.so.9",), missing_count=1)
    outcome = found(HERE, conda(cudnn, cuda="12.6"))[INCOMPLETE]
    assert (outcome.severity, outcome.about) == ("error", "cudnn")
    assert outcome.evidence[0].path == "/env/lib/libcudnn.so.9"
    assert outcome.fix[0].commands == ("conda install --prefix /env --force-reinstall cudnn=9.3.0=h_0",)
    assert found(HERE, conda(package("ncurses", "6.5", "h_0", missing=("share/a.txt",), missing_count=1), cuda="12.6"))[INCOMPLETE].severity == "note"


def test_what_pip_replaced_is_no_damage_of_condas() -> None:
    replaced = package("numpy", "1.26.4", "py_0", distribution="numpy", replaced_by="2.2.0", missing=("lib/a.so",), missing_count=1)
    assert "found" not in states(INCOMPLETE, outcomes(HERE, conda(replaced, cuda="12.6")))


def test_what_pip_has_put_beside_condas_own_is_pips_to_take_away() -> None:
    prefix = conda(package("filelock", "3.16.1", "py_0", distribution="filelock", replaced_by="4.2.12", replaced_with="pip"))
    both = replace(prefix, installed=(*prefix.installed, one("filelock", "3.16.1", installer="conda"), one("filelock", "4.2.12", installer="pip")))
    (fix,) = found(HERE, both)[INCOMPLETE].fix
    pip = "/env/bin/python -m pip uninstall --yes filelock"
    assert fix.commands == (pip, pip, "conda install --prefix /env --force-reinstall filelock=3.16.1=py_0")
    assert (fix.safety, fix.edit) == ("shown", None)
