"""METADATA out of wheels that are not downloaded."""

from __future__ import annotations

import pytest
from index_server import Index

from drivetrain.catalogue.refresh import client as client_module
from drivetrain.catalogue.refresh.client import Client
from drivetrain.catalogue.refresh.index_page import IndexFile, project_files
from drivetrain.catalogue.refresh.metadata_requirements import requirement_of, requirements_of
from drivetrain.catalogue.refresh.reading import Places, Wanted, snapshot_of
from drivetrain.catalogue.refresh.wheel_metadata import metadata_of
from drivetrain.model.catalogue import Requirement

NAME = "flow-1.0-py3-none-any.whl"


def the_file(index: Index, client: Client) -> IndexFile:
    return project_files(client, index.url, "flow")[0]


def names(metadata: bytes | None) -> list[str]:
    assert metadata is not None
    read = requirements_of(metadata)
    assert read is not None
    return [each.name for each in read]


def test_one_request_for_a_small_wheel(index: Index, client: Client) -> None:
    index.publish(NAME, ["alpha", "beta>=2"])
    file = the_file(index, client)
    index.asked.clear()
    assert names(metadata_of(client, file)) == ["alpha", "beta"], "not that of the distribution it carries inside"
    assert index.asked == [(f"/files/flow/{NAME}", "bytes=0-")]


def test_a_few_kilobytes_of_a_large_wheel(index: Index, client: Client) -> None:
    index.publish(NAME, ["alpha"], ballast=4_000_000)
    file = the_file(index, client)
    index.served_bytes = 0
    assert names(metadata_of(client, file)) == ["alpha"]
    assert index.served_bytes < 40_000


def test_a_directory_longer_than_the_tail_is_read_whole(index: Index, client: Client) -> None:
    index.publish(NAME, ["alpha"], after=300_000)
    file = the_file(index, client)
    assert names(metadata_of(client, file)) == ["alpha"]
    assert len(index.asked) > 2, "the record stands before the last 32 kB of the directory"


@pytest.mark.parametrize("suffix_ranges", [True, False])
def test_a_page_without_sizes(index: Index, client: Client, suffix_ranges: bool) -> None:
    index.html, index.suffix_ranges = True, suffix_ranges
    index.publish(NAME, ["alpha"], ballast=100_000)
    file = the_file(index, client)
    assert file.bytes is None
    assert names(metadata_of(client, file)) == ["alpha"]


def test_metadata_beside_the_wheel_is_preferred(index: Index, client: Client) -> None:
    index.metadata = True
    index.publish(NAME, ["alpha"])
    file = the_file(index, client)
    index.asked.clear()
    assert names(metadata_of(client, file)) == ["alpha"]
    assert index.asked == [(f"/files/flow/{NAME}.metadata", "")]


def test_metadata_offered_but_not_there(index: Index, client: Client) -> None:
    index.metadata = True
    index.publish(NAME, ["alpha"])
    file = the_file(index, client)
    index.metadata = False
    assert names(metadata_of(client, file)) == ["alpha"]


def test_a_server_without_ranges_sends_a_small_wheel_whole(index: Index, client: Client) -> None:
    index.ranges = False
    index.publish(NAME, ["alpha"], ballast=100_000)
    assert names(metadata_of(client, the_file(index, client))) == ["alpha"]


def test_a_server_without_ranges_does_not_make_us_download_a_large_one(index: Index, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "WHOLE_FILE_LIMIT", 50)
    index.ranges = False
    index.publish(NAME, ["alpha"])
    file = the_file(index, client)
    assert metadata_of(client, file) is None
    index.ranges = True
    assert names(metadata_of(client, file)) == ["alpha"], "the client goes on after it has hung up"


def test_a_wheel_that_is_gone_is_unread(index: Index, client: Client) -> None:
    index.publish(NAME, ["alpha"])
    file = the_file(index, client)
    del index.projects["flow"][NAME]
    assert metadata_of(client, file) is None


@pytest.mark.parametrize("content", [b"", b"not a zip at all" * 100, b"PK\x05\x06" + b"\x00" * 18])
def test_a_file_that_is_no_wheel_is_unread(index: Index, client: Client, content: bytes) -> None:
    index.publish(NAME)
    index.projects["flow"][NAME].content = content
    assert metadata_of(client, the_file(index, client)) is None


def test_a_damaged_record_is_not_believed(index: Index, client: Client) -> None:
    index.publish(NAME, ["alpha"])
    content = index.projects["flow"][NAME].content
    at = content.rindex(b"flow-1.0.dist-info/METADATA") - 46 + 16
    index.projects["flow"][NAME].content = content[:at] + b"\xff\xff\xff\xff" + content[at + 4 :]
    assert metadata_of(client, the_file(index, client)) is None, "its checksum does not fit"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("numpy (<2.0,>=1.16.0)", Requirement("numpy", "<2.0,>=1.16.0")),
        ("Typing_Extensions~=3.7.4", Requirement("typing-extensions", "~=3.7.4")),
        ("jax-cuda12-plugin[with_cuda]==1 ; extra == 'cuda12_local'", Requirement("jax-cuda12-plugin", "==1", 'extra == "cuda12-local"', ("with-cuda",))),
        ("protobuf>=3.6.*", Requirement("protobuf", ">=3.6")),
        ("libtpu==0.0.50.*", Requirement("libtpu", "==0.0.50.*")),
        (
            "cuda-toolkit[nvrtc,cublas]==13.2.2 ; platform_system == 'Linux'",
            Requirement("cuda-toolkit", "==13.2.2", 'platform_system == "Linux"', ("cublas", "nvrtc")),
        ),
        ("thing @ https://index.example/thing.whl", None),
        ("not a requirement at all !!", None),
    ],
)
def test_requirement_lines(line: str, expected: Requirement | None) -> None:
    assert requirement_of(line) == expected


def test_metadata_with_a_line_that_nobody_understands_is_unknown() -> None:
    assert requirements_of(b"Metadata-Version: 2.1\nName: a\nRequires-Dist: good\nRequires-Dist: !!\n\nRequires-Dist: in the text\n") is None
    assert requirements_of(b"Metadata-Version: 2.1\nName: a\nRequires-Dist: good\n\nRequires-Dist: in the text\n") == (Requirement("good"),)


def test_whole_files_are_downloaded_up_to_a_sum(index: Index, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server without ranges and without METADATA beside its wheels must not cost gigabytes: the rest stays unknown."""
    index.ranges = False
    for number in range(6):
        index.publish(f"flow-1.{number}-py3-none-any.whl", ["a>=1"], ballast=4000)
    size = len(index.projects["flow"]["flow-1.0-py3-none-any.whl"].content)
    monkeypatch.setattr(client_module, "WHOLE_FILES_LIMIT", 3 * size + 20)
    releases = snapshot_of([Wanted("flow")], Places((index.url,)), client=client).distributions[0].releases
    assert len([each for each in releases if each.read_from]) == 3
    assert len(releases) == 6, "known by their page"
