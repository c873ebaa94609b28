"""What pip and uv do with a file without a word is said, with the line that it comes from; what they do right is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drivetrain.frameworks import catalogue
from drivetrain.model.plan import Plan, Refusal
from drivetrain.probe import described
from drivetrain.solve import solve
from drivetrain.workflows.asking import Asked, request_from

FACTS = catalogue()


def answer(folder: Path, text: str, *, name: str = "requirements.txt", driver: str = "550", gpu: str = "RTX 3090", **more: Any) -> Plan | Refusal:
    (folder / name).write_text(text, encoding="utf-8")
    request, _ = request_from(Asked(files=(str(folder / name),), sources=more.pop("sources", "index"), engine="pip", **more))
    return solve(request, described(os="linux", gpus=(gpu,), driver=driver), FACTS, relaxations=False)


def found(folder: Path, text: str, **more: Any) -> list[tuple[str, str]]:
    return [(each.cause, each.says) for each in answer(folder, text, **more).findings]


def test_an_extra_that_the_chosen_release_does_not_have(tmp_path: Path) -> None:
    ((cause, says),) = found(tmp_path, "# GPU\njax[cuda12_pip]\n")
    assert cause == "extra-not-in-release"
    assert "requirements.txt:2: jax" in says
    assert "jax[cuda12]" in says


@pytest.mark.parametrize("line", ["jax[cuda12]==0.6.2", "jax[cuda12_pip]==0.4.28", "tensorflow[and-cuda]==2.18.0"])
def test_an_extra_that_is_there_is_no_finding(tmp_path: Path, line: str) -> None:
    assert "extra-not-in-release" not in {cause for cause, _ in found(tmp_path, line)}


def test_extras_that_together_mix_cuda_majors_are_refused(tmp_path: Path) -> None:
    refusal = answer(tmp_path, "jax[cuda12]\njax[cuda13]\n", driver="580")
    assert isinstance(refusal, Refusal)
    assert refusal.refusal[0].cause == "cuda-wheel-majors-mixed"


def test_a_label_that_decides_whether_the_file_can_be_solved_is_named(tmp_path: Path) -> None:
    refusal = answer(tmp_path, "torch==2.7.0+cu118\n")
    assert isinstance(refusal, Refusal)
    assert refusal.refusal[0].cause == "source-not-counted"
    assert isinstance(answer(tmp_path, "torch==2.7.0+cu118\n", sources="all"), Plan)
    refusal = answer(tmp_path, "torch==2.7.0+cpu\n", sources="all")
    assert isinstance(refusal, Refusal)
    assert refusal.refusal[0].cause == "cpu-only-package-installed"


def test_an_index_behind_a_requirement(tmp_path: Path) -> None:
    ((cause, says),) = found(tmp_path, "torch==2.6.0 --extra-index-url https://download.pytorch.org/whl/cu124\n")
    assert cause == "option-without-effect"
    assert "requirements.txt:1: --extra-index-url" in says


def test_a_name_without_a_bound_that_has_moved_to_a_cuda_which_the_driver_does_not_serve(tmp_path: Path) -> None:
    ((cause, says),) = found(tmp_path, "numpy\ntorch>=2.0\n", driver="550")
    assert cause == "driver-too-old-for-cuda"
    assert "requirements.txt:2: torch has no upper bound" in says
    assert not found(tmp_path, "torch>=2.0\n", driver="610")
    assert not found(tmp_path, "torch>=2.0,<2.9\n", driver="550")


@pytest.mark.parametrize(
    ("text", "accelerator", "cause", "word"),
    [
        ("tensorflow==2.14.0\n", "auto", "numpy-2-abi", "numpy 2"),
        ("tensorflow==2.6.0\nkeras\n", "auto", "keras-tf-version-mismatch", "keras 2.1"),
        ("jax==0.4.25\njaxlib\n", "cpu", "jax-jaxlib-version-mismatch", "jaxlib 0."),
    ],
)
def test_a_stack_that_resolves_and_cannot_be_imported(tmp_path: Path, text: str, accelerator: str, cause: str, word: str) -> None:
    told = [says for slug, says in found(tmp_path, text, accelerator=accelerator) if slug == cause]
    assert any(word in says for says in told), found(tmp_path, text, accelerator=accelerator)


def test_what_metadata_bounds_itself_is_no_finding(tmp_path: Path) -> None:
    assert not [says for slug, says in found(tmp_path, "tensorflow==2.18.0\nnumpy\n") if slug == "numpy-2-abi"]


def test_numpy_2_pinned_beside_what_was_compiled_for_numpy_1_is_refused_by_name(tmp_path: Path) -> None:
    refusal = answer(tmp_path, "tensorflow==2.14.0\nnumpy==2.0.2\n")
    assert isinstance(refusal, Refusal)
    assert [each.cause for each in refusal.refusal] == ["numpy-2-abi"]


def test_addons_beside_a_new_tensorflow(tmp_path: Path) -> None:
    refusal = answer(tmp_path, "tensorflow>=2.16\ntensorflow-addons\n")
    assert isinstance(refusal, Refusal)
    assert "keras-tf-version-mismatch" in {each.cause for reason in refusal.refusal for each in (reason, *reason.because)}
    plan = answer(tmp_path, "tensorflow\ntensorflow-addons\n")
    assert isinstance(plan, Plan)
    chosen = plan.package("tensorflow")
    assert chosen is not None
    assert chosen.version.startswith("2.15.")


def test_a_nightly_index_and_a_wheel_that_nobody_knows(tmp_path: Path) -> None:
    causes = [cause for cause, _ in found(tmp_path, "--pre\n--extra-index-url https://download.pytorch.org/whl/nightly/cu128\ntorch<2.11\n")]
    assert "source-not-counted" in causes
    own = "torch @ https://files.example/torch-2.6.0a0%2Bgit1a2b3c-cp312-cp312-linux_x86_64.whl\nnumpy\n"
    assert [cause for cause, _ in found(tmp_path, own)] == ["catalogue-incomplete"]


def test_what_is_typed_has_no_line(tmp_path: Path) -> None:
    request, _ = request_from(Asked(requirements=("jax[cuda12_pip]",), sources="index"))
    plan = solve(request, described(os="linux", gpus=("RTX 3090",), driver="550"), FACTS, relaxations=False)
    assert [each.says.startswith("jax ") for each in plan.findings] == [True]
