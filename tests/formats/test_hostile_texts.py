"""What once broke a reader of texts, or kept it busy for seconds: each is now a value, a warning or the one error."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from drivetrain.errors import FileError, UsageError
from drivetrain.formats.alternatives import spanning
from drivetrain.formats.conda_spec import CondaSpec, spec_of
from drivetrain.formats.file_kind import request_file
from drivetrain.formats.nvidia_smi import gpus_of_query
from drivetrain.formats.pip_configuration import pip_settings
from drivetrain.formats.poetry_version import specifier_of
from drivetrain.formats.record import record_of
from drivetrain.formats.requirement_lines import decoded
from drivetrain.formats.requirements import wish_of
from drivetrain.formats.toml_tree import origin_of
from drivetrain.formats.uv_configuration import uv_settings
from drivetrain.model.request import RequestFile

DIGITS = "9" * 5000
"""More than Python reads as one number."""
DEEP = 20_000


@pytest.fixture(autouse=True)
def _within_a_second() -> Iterator[None]:
    start = time.thread_time()
    yield
    assert time.thread_time() - start < 1


def read(name: str, text: str) -> RequestFile:
    def reader(included: str) -> str:
        raise FileNotFoundError(included)

    return request_file(name, text, reader)


def test_a_memory_of_thousands_of_digits_is_not_said() -> None:
    (gpu,) = gpus_of_query(f"name, memory.total [MiB]\nTesla T4, {DIGITS} MiB\n")
    assert (gpu.name, gpu.memory_total_bytes) == ("Tesla T4", None)


def test_a_size_of_thousands_of_digits_is_a_damaged_line() -> None:
    record = record_of(f"a.py,sha256=ab,{DIGITS}\nb.py,sha256=cd,{2**60}\n")
    assert record.damaged_lines == (1,)
    assert [(each.path, each.size_bytes) for each in record.files] == [("b.py", 2**60)]


@pytest.mark.parametrize("name", ["undefined", "idna", "punycode", "hex", "zlib", "no-such"])
def test_a_coding_comment_that_cannot_be_followed_is_passed_over(name: str) -> None:
    assert decoded(f"# coding: {name}\ntorch # é\n".encode()).endswith("torch # é\n")


@pytest.mark.parametrize(
    "text",
    [f"torch=={DIGITS}", f"torch>={DIGITS}.1,<2", "torch ; " + "(" * DEEP, "torch" + " " * 60_000 + "x", "a<" * 20_000, "a" * 60_000],
    ids=["digits", "digits of one bound", "brackets", "spaces", "operators", "letters"],
)
def test_an_endless_requirement_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        wish_of(text, "r.txt:1")
    assert raised.value.says.startswith("r.txt:1: ")
    assert " is not a requirement" in raised.value.says


def test_a_requirement_with_a_long_token_is_read() -> None:
    url = f"https://a.example/b-1-py3-none-any.whl?sig={'0f' * 1500}"
    assert wish_of(f"b @ {url}").url == url


def test_the_other_lines_of_a_file_with_an_endless_one_are_read() -> None:
    found = read("requirements.txt", f"torch=={DIGITS}\nnumpy<2\njax{' ' * 60_000}--hash=sha256:ab\n")
    assert [(each.name, each.hashes) for each in found.wishes] == [("numpy", ()), ("jax", ("sha256:ab",))]
    assert len(found.warnings) == 1


def test_thousands_of_commands_on_a_line_are_read() -> None:
    found = read("requirements.txt", "pip install numpy && " * 2000 + "cd x && pip install jax")
    assert [each.name for each in found.wishes] == ["numpy", "jax"]


@pytest.mark.parametrize("name", ["pyproject.toml", "pylock.toml", "uv.lock"])
@pytest.mark.parametrize("value", [DIGITS, "[" * DEEP + "]" * DEEP, "{a=" * DEEP + "1" + "}" * DEEP], ids=["digits", "arrays", "tables"])
def test_a_toml_value_that_python_cannot_hold_is_an_error_of_the_file(name: str, value: str) -> None:
    with pytest.raises(FileError, match="is not valid TOML") as raised:
        read(name, f"x = {value}\n")
    assert raised.value.says.startswith(name)


def test_a_uv_toml_that_python_cannot_hold_is_an_error_of_the_file() -> None:
    with pytest.raises(FileError, match=r"uv\.toml is not valid TOML"):
        uv_settings((("uv.toml", f"x = {DIGITS}"),), {})


@pytest.mark.parametrize("value", ["1", "true", "1.5", "1979-05-27", '"a"', '{url = "a"}'])
def test_an_index_that_is_no_list_is_none(value: str) -> None:
    assert uv_settings((("uv.toml", f"index = {value}\nextra-index-url = ['b']"),), {}).indexes[0].url == "b"


@pytest.mark.parametrize("text", ['"\\U00110000"', f"%YAML {DIGITS}.1\n---\na: b\n"], ids=["no character", "digits"])
def test_what_the_yaml_parser_itself_breaks_at_is_an_error_of_the_file(text: str) -> None:
    with pytest.raises(FileError, match=r"environment\.yml: not valid YAML: "):
        read("environment.yml", text)


@pytest.mark.parametrize("version", ["===y|1", f"{DIGITS}|1", f"~={DIGITS}.1|1"], ids=["any text", "digits", "compatible digits"])
def test_alternatives_that_are_no_versions_bound_nothing(version: str) -> None:
    found = read("environment.yml", f'dependencies:\n- numpy=1.26\n- "scipy {version}"\n')
    assert [(each.name, each.specifier) for each in found.wishes] == [("numpy", "==1.26.*"), ("scipy", "")]
    assert len(found.warnings) == 1


def test_the_bound_beside_an_arbitrary_text_holds() -> None:
    assert spanning(["===y,>=1", ">=2,<3"]) == ">=1"


@pytest.mark.parametrize("constraint", [f"^{DIGITS}", f"~1.{DIGITS}", f"^{'9' * 4300}"], ids=["caret", "tilde", "one digit more above"])
def test_a_poetry_version_of_thousands_of_digits_is_no_constraint(constraint: str) -> None:
    assert specifier_of(constraint) is None


def test_a_poetry_alternative_of_any_text_bounds_nothing() -> None:
    found = read("pyproject.toml", '[tool.poetry.dependencies]\ntorch = "===x || 1"\n')
    assert [(each.name, each.specifier) for each in found.wishes] == [("torch", "")]


@pytest.mark.parametrize("marker", ["(" * DEEP, "(" * 900 + "os_name=='x'" + ")" * 900])
def test_a_marker_that_is_nested_too_deeply_leaves_its_package_out_with_a_warning(marker: str) -> None:
    found = read("uv.lock", f'version = 1\n[[package]]\nname = "a"\nversion = "1"\nresolution-markers = ["{marker}"]\n[[package]]\nname = "b"\nversion = "2"\n')
    assert [each.name for each in found.wishes] == ["b"]
    assert len(found.warnings) == 1


@pytest.mark.parametrize("text", ["a" + " " * 60_000 + "b", "a" + "[" * 60_000, "a" + " ," * 30_000])
def test_a_long_conda_package_is_taken_apart_at_once(text: str) -> None:
    assert spec_of(text) is not None


def test_the_last_bracket_of_a_conda_package_holds_its_keys() -> None:
    assert spec_of("numpy[build=a][version='>=1.2,<2', build=py*_0]") == CondaSpec("numpy", "'>=1.2,<2'".strip("'"), "py*_0")
    assert spec_of("c::numpy 1.2 py*[channel=d]") == CondaSpec("numpy", "1.2", "py*", "d")


@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "1e999"])
def test_retries_without_end_are_not_said(value: str) -> None:
    found = pip_settings((("pip.conf", f"[global]\nretries = {value}\ntimeout = {value}\nindex-url = a\n"),), {})
    assert (found.retries, found.timeout, found.index_url) == (None, None, "a")


def test_a_pip_configuration_of_spaces_is_read_at_once() -> None:
    with pytest.raises(FileError, match=r"pip's configuration pip\.conf is damaged"):
        pip_settings((("pip.conf", "[global]\na" + " " * 60_000 + "b\n"),), {})


def test_thousands_of_requirements_find_their_lines_at_once() -> None:
    text = "dependencies = [\n" + "".join(f"  \"a{number}>=1\", 'b',\n" for number in range(3000)) + "]\n"
    assert [origin_of(text, "p", f"a{number}>=1") for number in range(3000)] == [f"p:{number + 2}" for number in range(3000)]
    assert origin_of(text, "p", "b") == "p:2"
    assert origin_of(text, "p", "c") == "p"
