"""METADATA, RECORD, WHEEL tags and build facts read from their texts."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivetrain.formats.build_facts import jaxlib_facts, tensorflow_facts, torch_accelerator, torch_facts
from drivetrain.formats.dist_info import direct_url_of, metadata_of, name_and_version_of, tags_of_wheel
from drivetrain.formats.record import record_of
from drivetrain.formats.wheel_tags import arch_of, os_of, os_of_many


def test_metadata_takes_headers_alone() -> None:
    text = (
        "Metadata-Version: 2.1\r\nName: Typing.Extensions\r\nVersion: 4.5.0\r\n"
        "Requires-Dist: a>=1\r\nRequires-Dist: b ;\r\n  extra == 'c'\r\nProvides-Extra: C_d\r\n\r\nVersion: 9\r\n"
    )
    metadata = metadata_of(text)
    assert metadata is not None
    assert (metadata.name, metadata.version) == ("typing-extensions", "4.5.0")
    assert metadata.requires == ("a>=1", "b ; extra == 'c'")
    assert metadata.extras == ("c-d",)


@pytest.mark.parametrize("text", ["", "Name: x\n", "Version: 1\n", "\x00\x00", "Name:\nVersion:\n"])
def test_metadata_without_name_or_version_is_none(text: str) -> None:
    assert metadata_of(text) is None


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("torch-2.10.0+cu128.dist-info", ("torch", "2.10.0+cu128")),
        ("PyYAML-6.0-py3.11.egg-info", ("pyyaml", "6.0")),
        ("nvidia_cudnn_cu12-9.1.0.70.dist-info", ("nvidia-cudnn-cu12", "9.1.0.70")),
        ("noversion.dist-info", ("noversion", "")),
        ("torch", None),
    ],
)
def test_names_of_folders(folder: str, expected: object) -> None:
    assert name_and_version_of(folder) == expected


def test_record_lines() -> None:
    text = 'a/b.py,sha256=abc,3\n"with,comma.py",sha256=def,4\n..\\..\\Scripts\\x.exe,sha256=ghi,5\na/../c.py,,\n'
    text += "odd,comma.py,sha256=jkl,6\nx-1.dist-info/RECORD,,\n"
    record = record_of(text)
    assert [each.path for each in record.files] == ["a/b.py", "with,comma.py", "../../Scripts/x.exe", "c.py", "odd,comma.py", "x-1.dist-info/RECORD"]
    assert (record.files[0].sha256, record.files[0].size_bytes) == ("abc", 3)
    assert (record.files[3].sha256, record.files[3].size_bytes) == (None, None)
    assert record.damaged_lines == ()


def test_record_counts_damaged_lines_and_other_hashes() -> None:
    record = record_of("only a path\n,sha256=a,1\na.py,sha256=b,many\nb.py,md5=c,2\n")
    assert record.damaged_lines == (1, 2, 3)
    assert record.files[0].sha256 is None


def test_tags() -> None:
    assert tags_of_wheel("Wheel-Version: 1.0\nTag: cp311-cp311-manylinux_2_28_x86_64\nTag: py3-none-any\n") == (
        "cp311-cp311-manylinux_2_28_x86_64",
        "py3-none-any",
    )
    assert os_of("cp311-cp311-win_amd64") == "windows"
    assert os_of("py3-none-any") is None
    assert arch_of("cp311-cp311-win_amd64") == "x86_64"
    assert arch_of("cp312-cp312-macosx_14_0_arm64") == "arm64"
    assert arch_of("cp312-cp312-macosx_14_0_universal2") is None
    assert os_of_many(["py3-none-any"]) is None
    assert os_of_many(["py3-none-any", "cp312-cp312-macosx_14_0_arm64"]) == "macos"


@pytest.mark.parametrize(
    ("text", "cuda", "is_cuda_build"),
    [
        ("__version__ = '2.10.0'\ncuda: Optional[str] = '12.8'\nhip: Optional[str] = None\n", "12.8", True),
        ("__version__ = '1.8.0'\ncuda = '11.1'\n", "11.1", True),
        ("__version__ = '2.13.0+cpu'\ncuda: Optional[str] = None\n", None, False),
        ("__version__ = '2.13.0'\ncuda = 'newest'\n", None, True),
    ],
)
def test_torch(text: str, cuda: str | None, is_cuda_build: bool) -> None:
    facts = torch_facts(text)
    assert facts is not None
    assert (facts.cuda, facts.is_cuda_build) == (cuda, is_cuda_build)


def test_torch_of_other_accelerators() -> None:
    assert torch_accelerator("cuda = None\nhip: Optional[str] = '7.13.99004'\n") == "hip"
    assert torch_accelerator("cuda: Optional[str] = '12.8'\nhip: Optional[str] = None\n") is None
    assert torch_facts("nothing") is None


@pytest.mark.parametrize(
    ("text", "cuda", "cudnn", "is_cuda_build"),
    [
        ("collections.OrderedDict([('cuda_version', '12.5.1'), ('cudnn_version', '9'), ('is_cuda_build', True)])", "12.5.1", "9", True),
        ("build_info = {'cuda_version': '64_101', 'cudnn_version': '64_7', 'is_cuda_build': True}", "10.1", "7", True),
        ("([('cuda_version', '64_112'), ('cudnn_version', '64_8'), ('is_cuda_build', True)])", "11.2", "8", True),
        ("OrderedDict([('is_cuda_build', False), ('is_rocm_build', False)])", None, None, False),
    ],
)
def test_tensorflow(text: str, cuda: str | None, cudnn: str | None, is_cuda_build: bool) -> None:
    facts = tensorflow_facts(text)
    assert facts is not None
    assert (facts.cuda, facts.cudnn, facts.is_cuda_build) == (cuda, cudnn, is_cuda_build)


def test_tensorflow_that_says_nothing() -> None:
    assert tensorflow_facts("build_info = {}") is None


@pytest.mark.parametrize(
    ("version", "others", "cuda", "cudnn", "is_cuda_build"),
    [
        ("0.4.13+cuda11.cudnn86", (), "11", "8.6", True),
        ("0.1.75+cuda11.cudnn805", (), "11", "8.0.5", True),
        ("0.1.60+cuda111", (), "11.1", None, True),
        ("0.6.2", ("jax-cuda12-plugin", "jax-cuda12-pjrt"), "12", None, True),
        ("0.6.2", ("jax",), None, None, False),
    ],
)
def test_jaxlib(version: str, others: tuple[str, ...], cuda: str | None, cudnn: str | None, is_cuda_build: bool) -> None:
    facts = jaxlib_facts(version, others)
    assert (facts.cuda, facts.cudnn, facts.is_cuda_build) == (cuda, cudnn, is_cuda_build)


@given(st.text())
@example('"\x00')
@example('"' + "x" * 200_000 + '",sha256=a,1')
def test_no_text_breaks_a_reader(text: str) -> None:
    metadata_of(text)
    record_of(text)
    tags_of_wheel(text)
    torch_facts(text)
    tensorflow_facts(text)
    jaxlib_facts(text, (text,))
    name_and_version_of(text)


@given(st.lists(st.tuples(st.from_regex(r"[a-zA-Z0-9_./ -]{1,20}", fullmatch=True), st.integers(0, 10**12)), max_size=5))
def test_what_a_record_says_comes_back(lines: list[tuple[str, int]]) -> None:
    record = record_of("".join(f"x{path}y,sha256=abc,{size}\n" for path, size in lines))
    assert [each.size_bytes for each in record.files] == [size for _, size in lines]
    assert record.damaged_lines == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"url": "file:///src/mine", "dir_info": {"editable": true}}', ("file:///src/mine", True)),
        ('{"url": "https://index.example/a-1.whl", "archive_info": {}}', ("https://index.example/a-1.whl", False)),
        (
            '{"url": "https://git.example/a.git", "subdirectory": "py", "vcs_info": {"vcs": "git", "commit_id": "0a1b", "requested_revision": "main"}}',
            ("git+https://git.example/a.git@0a1b#subdirectory=py", False),
        ),
        ('{"url": 3', ("", False)),
        ("[]", ("", False)),
        ("", ("", False)),
    ],
)
def test_where_a_distribution_came_from(text: str, found: tuple[str, bool]) -> None:
    assert direct_url_of(text) == found


@pytest.mark.parametrize("inside", ["        ", "        \x0c", "\t\u2028 more", "        \x0b \x1c \x85"])
def test_a_folded_licence_with_lines_of_spaces_hides_nothing_after_it(inside: str) -> None:
    """SciPy 1.11 and pandas 2.0 put their whole licence before what they require."""
    head = "Name: scipy\nVersion: 1.11.4\nLicense: Copyright\n        All rights reserved.\n"
    text = f"{head}{inside}\n        More.\nRequires-Dist: numpy<1.28\n\nRequires-Dist: no\n"
    for ending in ("\n", "\r\n"):
        metadata = metadata_of(text.replace("\n", ending))
        assert metadata is not None
        assert metadata.requires == ("numpy<1.28",)
