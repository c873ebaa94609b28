"""environment.yml and conda's listings: names mapped, components told apart, libraries left out by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivetrain.errors import FileError
from drivetrain.formats.conda_names import COMPONENTS, DISTRIBUTIONS, is_native
from drivetrain.formats.conda_spec import CondaSpec, cuda_of_build, pep440_of, spec_of
from drivetrain.formats.file_kind import request_file
from drivetrain.model.request import RequestFile

FILES = Path(__file__).with_name("files")


def environment(text: str, name: str = "environment.yml") -> RequestFile:
    return request_file(name, text, lambda name: "")


def packages(*specs: str) -> RequestFile:
    return environment("dependencies:\n" + "".join(f"  - {spec}\n" for spec in specs))


def test_an_environment_as_diffusion_repositories_have_it() -> None:
    folder = FILES / "latent"
    found = request_file("environment.yaml", (folder / "environment.yaml").read_text(), lambda name: (folder / name).read_text())
    assert [(wish.name, wish.specifier, wish.origin) for wish in found.wishes] == [
        ("python", "==3.8.5", "environment.yaml:6"),
        ("cuda", "==11.3", "environment.yaml:8"),
        ("torch", "==1.11.0.*", "environment.yaml:9"),
        ("torchvision", "==0.12.0.*", "environment.yaml:10"),
        ("numpy", "==1.19.2.*", "environment.yaml:11"),
        ("opencv-python", "==4.5.5.*", "environment.yaml:12"),
        ("scikit-learn", ">=1.0,<1.3", "environment.yaml:14"),
        ("pandas", ">=1.3,<1.5", "environment.yaml:15"),
        ("albumentations", "==0.4.3", "environment.yaml:18"),
        ("diffusers", "", "environment.yaml:19"),
        ("transformers", "==4.19.2", "requirements-pip.txt:1"),
        ("taming-transformers", "", "environment.yaml:21"),
        ("", "", "environment.yaml:23"),
    ]
    assert found.wishes[-1].editable
    assert found.channels == ("pytorch", "defaults", "conda-forge")
    assert found.indexes == ("https://index.example/whl/cu113",)
    assert found.warnings == (
        "environment.yaml:15: pandas = 1.3|1.4: one requirement cannot hold alternatives; taken as >=1.3,<1.5",
        "environment.yaml: libraries and programs of conda that are no Python distributions were left out: ffmpeg, openssl",
    )


@pytest.mark.parametrize(
    ("spec", "wish"),
    [
        ("pytorch-cuda=11.8", "cuda==11.8"),
        ("cudatoolkit=11.3.1", "cuda==11.3"),
        ("cuda-version>=12.4,<13", "cuda>=12.4,<13"),
        ("nvidia/label/cuda-11.8.0::cuda-toolkit", "cuda==11.8"),
        ("cudnn=8.1", "cudnn==8.1"),
        ("python>=3.9,<3.12", "python>=3.9,<3.12"),
        ("python 3.10.*", "python==3.10"),
        ("tensorflow-gpu=2.4.1", "tensorflow-gpu==2.4.1.*"),
        ("tensorflow==2.10.0", "tensorflow==2.10.0"),
        ("pytorch::pytorch=2.1.*", "torch==2.1.*"),
        ("pytorch-gpu", "torch"),
        ("conda-forge/linux-64::numpy[version='>=1.2,<2']", "numpy>=1.2,<2"),
        ("matplotlib-base", "matplotlib"),
        ("librosa", "librosa"),
        ("cuda-python=12.4", "cuda-python==12.4.*"),
    ],
)
def test_a_package_becomes_the_wish_it_means(spec: str, wish: str) -> None:
    assert [each.text for each in packages(f'"{spec}"').wishes] == [wish]


def test_build_strings_say_the_cuda_that_no_package_says() -> None:
    exported = packages("pytorch=1.13.1=py3.10_cuda11.7_cudnn8.5.0_0", "numpy=1.23.5=py310hd5efca6_0")
    assert [wish.text for wish in exported.wishes] == ["torch==1.13.1", "numpy==1.23.5", "cuda==11.7"]
    both = packages("pytorch-cuda=11.6", "pytorch=1.13.1=py3.10_cuda11.7_cudnn8.5.0_0")
    assert [wish.text for wish in both.wishes] == ["cuda==11.6", "torch==1.13.1"]
    assert cuda_of_build("cuda112py310he33e0d6_200") == "11.2"
    assert cuda_of_build("py310h_0") is None


def test_the_cpu_is_asked_for_by_name_or_build() -> None:
    assert packages("pytorch", "cpuonly").accelerator == "cpu"
    assert packages("pytorch=2.0.1=cpu_py311h410fd25_0").accelerator == "cpu"
    assert packages("pytorch=2.0.1").accelerator == ""


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("numpy", CondaSpec("numpy")),
        ("numpy=1.2", CondaSpec("numpy", "=1.2")),
        ("numpy=1.2=py_0", CondaSpec("numpy", "=1.2", "py_0")),
        ("numpy==1.2=py_0", CondaSpec("numpy", "==1.2", "py_0")),
        ("numpy 1.2 py_0", CondaSpec("numpy", "1.2", "py_0")),
        ("numpy >= 1.2, < 2", CondaSpec("numpy", ">=1.2,<2")),
        ("numpy[version='>=1.2', build=py_0, channel=c]", CondaSpec("numpy", ">=1.2", "py_0", "c")),
        ("c/linux-64::numpy=1", CondaSpec("numpy", "=1", "", "c")),
        ("PyTorch=2 # why", CondaSpec("pytorch", "=2")),
        ("", None),
        (">=1", None),
    ],
)
def test_match_specifications_in_their_forms(text: str, spec: CondaSpec | None) -> None:
    assert spec_of(text) == spec


@pytest.mark.parametrize(
    ("version", "specifier"),
    [
        ("=1.2", "==1.2.*"),
        ("1.2", "==1.2"),
        ("1.2*", "==1.2.*"),
        ("1.2.*", "==1.2.*"),
        (">=1.2,<2", ">=1.2,<2"),
        (">=1.2.*", ">=1.2"),
        ("*", ""),
        ("", ""),
        ("!=1.2.*", "!=1.2.*"),
        ("1.1.1k", None),
        ("9e", None),
    ],
)
def test_conda_versions_as_specifiers(version: str, specifier: str | None) -> None:
    assert pep440_of(version) == specifier


def test_an_export_is_read_and_its_libraries_are_one_warning() -> None:
    libraries = (
        "_libgcc_mutex=0.1=main",
        "ca-certificates=2023=h0",
        "libffi=3.4=h0",
        "ld_impl_linux-64=2.38=h0",
        "mkl=2023=h0",
        "zlib=1.2=h0",
        "xz=5=h0",
        "tk=8=h0",
        "cuda-nvcc=11=h0",
    )
    found = packages(*libraries, "python=3.10.9=h0", "requests=2.31.0=py310_0", "pip=23=py310_0")
    assert [wish.text for wish in found.wishes] == ["python==3.10.9", "requests==2.31.0"]
    assert len(found.warnings) == 1
    assert found.warnings[0].endswith("tk and 1 more")


def test_listings_of_conda() -> None:
    exported = environment(
        "# platform: linux-64\n_libgcc_mutex=0.1=main\npython=3.8.13=h1\npytorch=1.11.0=py3.8_cuda11.3_cudnn8.2.0_0\ntensorboard=2.9=pypi_0\n",
        "requirements.txt",
    )
    assert exported.kind == "conda-list"
    assert [wish.text for wish in exported.wishes] == ["python==3.8.13", "torch==1.11.0", "tensorboard==2.9", "cuda==11.3"]
    table = environment("# packages in environment at /home/x/envs/y:\n#\n# Name  Version  Build  Channel\nnumpy   1.21.2   py39_0   defaults\n", "list.txt")
    assert [wish.text for wish in table.wishes] == ["numpy==1.21.2"]
    explicit = environment(
        "@EXPLICIT\nhttps://files.example/linux-64/scikit-learn-1.0.2-py39_1.conda#0123\nhttps://files.example/linux-64/zlib-1.2.12-h0.tar.bz2\n", "spec.txt"
    )
    assert [wish.text for wish in explicit.wishes] == ["scikit-learn==1.0.2"]


def test_one_line_in_conda_form_does_not_make_a_requirements_file_conda() -> None:
    found = environment("numpy=1.2=py_0\ntorch==2.0\n", "requirements.txt")
    assert found.kind == "requirements"
    assert [wish.text for wish in found.wishes] == ["torch==2.0"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dependencies: [\n", "environment.yml:2: not valid YAML"),
        ("a: b: c\n", "environment.yml:1: not valid YAML"),
        ("name: x\n", "environment.yml has no list of dependencies"),
        ("- torch\n", "environment.yml has no list of dependencies"),
        ("", "environment.yml has no list of dependencies"),
        ("dependencies: &a [*a]\n", "environment.yml: its aliases repeat too much to be read"),
        (
            "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)),
            "environment.yml: its aliases",
        ),
    ],
)
def test_what_is_damaged_is_an_error_with_its_place(text: str, says: str) -> None:
    with pytest.raises(FileError) as error:
        environment(text)
    assert error.value.says.startswith(says)


def test_odd_entries_are_named() -> None:
    found = environment("dependencies:\n  - torch: 2\n  - [a]\n  - '>=1'\n  - pip:\n  - numpy\n")
    assert [wish.name for wish in found.wishes] == ["numpy"]
    assert len(found.warnings) == 2


def test_tags_make_no_objects() -> None:
    assert environment("dependencies:\n  - !!python/object/apply:os.system [echo]\n  - numpy\n").wishes[0].name == "numpy"


def test_every_row_of_the_tables_has_a_source() -> None:
    for name, (target, source) in {**DISTRIBUTIONS, **COMPONENTS}.items():
        assert name == name.lower()
        assert target
        assert source.startswith(("github.com/", "https://"))
        assert name in COMPONENTS or not is_native(name)
