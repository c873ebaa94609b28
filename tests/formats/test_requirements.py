"""A wish is what somebody typed, taken apart; what is none is refused with what was meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from drivetrain.errors import UsageError
from drivetrain.formats import requirements
from drivetrain.formats.requirements import readable_wishes, requirement_text, wish_of
from drivetrain.model.request import COMPONENTS, Wish
from drivetrain.words import speak


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        ("torch", Wish(name="torch")),
        ("torch >=2.6, <3", Wish(name="torch", specifier=">=2.6,<3")),
        ("Torch_Geometric", Wish(name="torch-geometric")),
        ("torch==1.13.1+cu117", Wish(name="torch", specifier="==1.13.1+cu117")),
        ("tensorflow[and_cuda, and-cuda]", Wish(name="tensorflow", extras=("and-cuda",))),
        ("torch;python_version<'3.12'", Wish(name="torch", marker='python_version < "3.12"')),
        ("python==3.11", Wish(name="python", specifier="==3.11")),
        ("cuda==11.8", Wish(name="cuda", specifier="==11.8")),
        ("CUDNN==8.9.2", Wish(name="cudnn", specifier="==8.9.2")),
        ("driver>=550", Wish(name="driver", specifier=">=550")),
        ("x@https://files.example/x.zip", Wish(name="x", url="https://files.example/x.zip")),
        ("x @ ./x", Wish(name="x", url="./x")),
        ("git+https://git.example/lab/x@main", Wish(name="", url="git+https://git.example/lab/x@main")),
        ("git+https://git.example/lab/x#egg=X_y[z]", Wish(name="x-y", extras=("z",), url="git+https://git.example/lab/x#egg=X_y")),
        (
            "https://files.example/whl/torch-2.6.0%2Bcu126-cp311-cp311-linux_x86_64.whl ; sys_platform == 'linux'",
            Wish(name="torch", url="https://files.example/whl/torch-2.6.0%2Bcu126-cp311-cp311-linux_x86_64.whl", marker='sys_platform == "linux"'),
        ),
        ("./dir[a,B]", Wish(name="", url="./dir", extras=("a", "b"))),
        (".", Wish(name="", url=".")),
        ("dist/x-1.0.tar.gz", Wish(name="x", url="dist/x-1.0.tar.gz")),
        ("x-1.0-py3-none-any.whl", Wish(name="x", url="x-1.0-py3-none-any.whl")),
        (r"C:\wheels\x-1.0-py3-none-any.whl", Wish(name="x", url=r"C:\wheels\x-1.0-py3-none-any.whl")),
        ("file:///srv/x-1.0-py3-none-any.whl", Wish(name="x", url="file:///srv/x-1.0-py3-none-any.whl")),
    ],
)
def test_what_is_typed_is_taken_apart(typed: str, wish: Wish) -> None:
    assert wish_of(typed, "here:1") == replace(wish, text=typed, origin="here:1")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("torch=2.6", "torch==2.6"),
        ("torch = 2.6", "torch==2.6"),
        ("pytorch=1.13.1=py3.10_cuda11.7_cudnn8.5.0_0", "pytorch==1.13.1"),
        ("torch=>2.6", "torch>=2.6"),
        ("torch =< 2.6", "torch <= 2.6"),
        ("torch>=1.0<2.0", "torch>=1.0,<2.0"),
        ("torch 1.13", "torch==1.13"),
        ("torch@2.6", "torch==2.6"),
        ("torch:2.6", "torch==2.6"),
        ("torch==latest", "torch"),
        ("torch==2.x", "torch==2.*"),
        ("torch>=1.7.*", "torch>=1.7"),
        ("torch>=1.13+cu117", "torch>=1.13"),
        ("torch==1.13.1cu117", "torch==1.13.1+cu117"),
        ("torch^2.1", "torch>=2.1,<3"),
        ("torch＝＝2.6", "torch==2.6"),
        ("pip install torch==2.6", "torch==2.6"),
        ("'torch==2.6'", "torch==2.6"),
        ("torch>=2.6, torchvision", '"torch>=2.6" torchvision'),
        ("python3.11", "python==3.11"),
        ("cuda 11.8", "cuda==11.8"),
        ("cuda-12", "cuda==12"),
        ("cudnn8", "cudnn==8"),
        ("cuda==11.8+cu118", "cuda==11.8"),
        ("git@git.example:lab/x.git", "git+ssh://git@git.example/lab/x.git"),
    ],
)
def test_a_slip_is_refused_with_what_was_meant(typed: str, meant: str) -> None:
    with pytest.raises(UsageError) as refusal:
        wish_of(typed)
    assert typed in refusal.value.says
    assert refusal.value.next == f"write {meant}"
    if not meant.startswith('"'):
        wish_of(meant)


@pytest.mark.parametrize("typed", ["", "???", "torch==", "torch; python_versio < '3'", "./dir; nonsense", "-r requirements.txt", "torch===", "[x]"])
def test_what_means_nothing_is_refused_with_its_place(typed: str) -> None:
    with pytest.raises(UsageError) as refusal:
        wish_of(typed, "requirements.txt:7")
    assert refusal.value.says.startswith("requirements.txt:7: ")
    assert refusal.value.next


def test_single_equals_says_why() -> None:
    with pytest.raises(UsageError, match="versions are asked for with =="):
        wish_of("torch=2.6")


def test_refusals_speak_chinese() -> None:
    speak("zh")
    try:
        with pytest.raises(UsageError) as refusal:
            wish_of("torch=2.6")
    finally:
        speak("en")
    assert refusal.value.says == "torch=2.6 不是合法的需求：指定版本要用 =="
    assert refusal.value.next == "应写成 torch==2.6"


NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,5}){0,2}", fullmatch=True).filter(lambda name: name not in COMPONENTS and not name[-1].isdigit())
VERSIONS = st.from_regex(r"[1-9]?[0-9](\.[1-9]?[0-9]){0,3}((a|b|rc)[1-9])?", fullmatch=True)
SPECIFIERS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["==", "!=", ">=", "<=", "<", ">"]), VERSIONS).map("".join),
        st.tuples(st.just("=="), VERSIONS, st.sampled_from(["+cu117", "+cpu"])).map("".join),
        st.from_regex(r"==[1-9](\.[0-9]){0,2}\.\*", fullmatch=True),
    ),
    max_size=3,
    unique=True,
)
EXTRAS = st.lists(NAMES, max_size=2, unique=True).map(lambda names: tuple(sorted(names)))
MARKERS = st.sampled_from(["", 'sys_platform == "linux"', 'python_version < "3.12" and extra == "x"', '"win" in sys_platform or os_name == "nt"'])
URLS = st.one_of(
    st.from_regex(r"(git\+)?https://files\.example/[a-z]{1,8}(/[a-z0-9._%+-]{1,8}){0,3}(@[a-z0-9.]{1,6})?", fullmatch=True),
    st.from_regex(r"\.{1,2}/[a-z]{1,8}(/[a-z0-9_-]{1,8}){0,2}(\.zip)?", fullmatch=True),
    st.from_regex(r"/[a-z]{1,8}/[a-z]{1,5}-[0-9]\.[0-9]-py3-none-any\.whl", fullmatch=True),
)


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    marker, extras = draw(MARKERS), draw(EXTRAS)
    if draw(st.booleans()):
        name = draw(st.one_of(NAMES, st.sampled_from(COMPONENTS)))
        specifier = ",".join(draw(SPECIFIERS))
        if name in COMPONENTS:
            extras, specifier = (), specifier.replace("+cu117", "").replace("+cpu", "")
        return Wish(name=name, specifier=specifier, extras=extras, marker=marker)
    url = draw(URLS)
    return Wish(name=draw(st.one_of(NAMES, st.just(wish_of(url).name))), extras=extras, marker=marker, url=url)


@settings(max_examples=300, deadline=None)
@given(wishes())
def test_law_a_rendered_wish_is_read_back_as_itself(wish: Wish) -> None:
    again = replace(wish_of(requirement_text(wish)), text="")
    assert replace(again, specifier="") == replace(wish, specifier="")
    # A set of specifiers holds each once and the versions as PEP 440 reads them; the order typed stays.
    assert requirement_text(wish_of(requirement_text(again))) == requirement_text(again)
    assert set(again.specifier.split(",")) == set(wish.specifier.split(","))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_law_any_text_is_a_wish_or_a_refusal(text: str) -> None:
    try:
        wish: Wish | None = wish_of(text)
        said = ("", "")
    except UsageError as error:
        wish, said = None, (error.says, error.next)
    assert (wish.name or wish.url) if wish else all(said)


@given(
    st.from_regex(r"[A-Za-z][A-Za-z0-9._-]{0,8}[A-Za-z0-9]", fullmatch=True),
    st.lists(st.tuples(st.sampled_from([">=", "<=", ">", "<", "==", "!="]), st.from_regex(r"[0-9]{1,2}(\.[0-9]{1,3}){0,3}", fullmatch=True)), max_size=3),
    st.sampled_from(["", " ", ".*"]),
)
def test_a_plain_requirement_is_read_as_the_whole_grammar_reads_it(name: str, clauses: list[tuple[str, str]], ending: str) -> None:
    text = f"{name}{ending if ending == ' ' else ''}" + f",{ending.strip('.*')}".join(
        f"{operator}{version}{'.*' if ending == '.*' and operator in ('==', '!=') else ''}" for operator, version in clauses
    )
    plain = requirements._plain(text, "")
    if plain is not None:
        assert plain == requirements._named(text, "")


def test_what_installed_packages_state_is_read_as_far_as_it_can_be() -> None:
    """Requires-Dist lines of packages that were made before indexes refused them."""
    found = readable_wishes(("numpy>=1.20", "matplotlib (>=2.2.*)", "a b c", "", "torch==2.10.0; extra == 'x'"))
    assert [(text, wish.name) for text, wish in found] == [("numpy>=1.20", "numpy"), ("torch==2.10.0; extra == 'x'", "torch")]
