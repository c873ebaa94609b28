"""Reading an index into a snapshot, against an index that is served on this machine."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from index_server import Index, wheel

from drivetrain.catalogue.refresh.changes import changes
from drivetrain.catalogue.refresh.client import Client
from drivetrain.catalogue.refresh.reading import Places, Wanted, snapshot_of
from drivetrain.catalogue.refresh.snapshot_file import snapshot_in, write_snapshot
from drivetrain.errors import FileError, IndexUnreachable
from drivetrain.model.catalogue import Distribution, Release, Requirement, Snapshot, Wheel


def read(index: Index, client: Client, *wanted: Wanted, old: Snapshot | None = None) -> dict[str, Distribution]:
    snapshot = snapshot_of(wanted, Places((index.url,)), client=client, old=old)
    return {distribution.name: distribution for distribution in snapshot.distributions}


@pytest.fixture
def shop(index: Index) -> Index:
    """An index with one framework in three releases, one of them yanked, and a library."""
    index.publish("flow-1.0-cp311-cp311-manylinux2014_x86_64.whl", ["numpy (>=1.20,<2)", "Some_Lib ; extra == 'gpu'"], uploaded="2024-03-02T10:00:00Z")
    index.publish("flow-1.0-cp312-cp312-manylinux2014_x86_64.whl", ["numpy (>=1.20,<2)", "Some_Lib ; extra == 'gpu'"], uploaded="2024-05-01T10:00:00Z")
    index.publish("flow-1.0.tar.gz", uploaded="2024-03-01T23:00:00Z")
    index.publish("flow-1.1-cp312-cp312-manylinux2014_x86_64.whl", ["numpy>=2"], yanked="broken", requires_python=">=3.10")
    index.publish("flow-2.0rc1-cp312-cp312-win_amd64.whl", ["numpy>=2"])
    index.publish("numpy-2.1-cp312-cp312-macosx_14_0_arm64.whl")
    return index


def test_a_release_says_what_the_page_and_the_metadata_say(shop: Index, client: Client) -> None:
    flow = read(shop, client, Wanted("flow"))["flow"]
    assert [release.version for release in flow.releases] == ["2.0rc1", "1.1", "1.0"]
    first = flow.releases[2]
    assert first.released == "2024-03-01", "the date of the first file, sdists included"
    assert [each.tags for each in first.wheels] == ["cp311-cp311-manylinux2014_x86_64", "cp312-cp312-manylinux2014_x86_64"]
    assert all(each.bytes and each.bytes > 300 for each in first.wheels)
    assert first.requires == (Requirement("numpy", "<2,>=1.20"), Requirement("some-lib", "", 'extra == "gpu"'))
    assert first.read_from == "cp312-cp312-manylinux2014_x86_64", "the newest Python's wheel"
    assert not first.yanked
    assert flow.releases[1].yanked
    assert flow.releases[1].requires_python == ">=3.10"


def test_a_name_that_the_index_does_not_have_is_left_out(shop: Index, client: Client) -> None:
    assert set(read(shop, client, Wanted("numpy"), Wanted("nowhere"))) == {"numpy"}


def test_releases_before_the_oldest_wanted_are_not_read(shop: Index, client: Client) -> None:
    flow = read(shop, client, Wanted("flow", oldest="1.1"))["flow"]
    assert [release.version for release in flow.releases] == ["2.0rc1", "1.1"]


def test_an_html_index_is_read_as_well(shop: Index, client: Client) -> None:
    as_json = read(shop, client, Wanted("flow"))["flow"]
    shop.html = True
    as_html = read(shop, client, Wanted("flow"))["flow"]
    assert [(each.version, each.yanked, each.requires_python, each.requires) for each in as_html.releases] == [
        (each.version, each.yanked, each.requires_python, each.requires) for each in as_json.releases
    ]
    assert as_html.releases[0].released == "", "such pages have no dates"


def test_only_what_is_new_is_asked_for(shop: Index, client: Client) -> None:
    old = snapshot_of([Wanted("flow")], Places((shop.url,)), client=client)
    shop.publish("flow-2.0-cp312-cp312-manylinux2014_x86_64.whl", ["numpy>=2.1"])
    shop.projects["flow"]["flow-1.0-cp311-cp311-manylinux2014_x86_64.whl"].yanked = True
    shop.projects["flow"]["flow-1.0-cp312-cp312-manylinux2014_x86_64.whl"].yanked = True
    shop.projects["flow"]["flow-1.0.tar.gz"].yanked = True
    shop.asked.clear()
    new = snapshot_of([Wanted("flow")], Places((shop.url,)), client=client, old=old)
    asked = {path for path, _ in shop.asked}
    assert asked == {"/simple/flow/", "/files/flow/flow-2.0-cp312-cp312-manylinux2014_x86_64.whl"}
    assert [(each.version, each.what) for each in changes(old, new)] == [("2.0", "released"), ("1.0", "yanked")], (
        "a pre-release that its final follows was not removed"
    )
    known = {release.version: release for release in new.distributions[0].releases}
    assert known["1.0"].requires, "kept from the old snapshot"


def test_a_mirror_without_dates_and_sizes_adds_to_what_is_known(shop: Index, client: Client) -> None:
    old = snapshot_of([Wanted("flow")], Places((shop.url,)), client=client)
    shop.html = True
    shop.publish("flow-2.0-cp312-cp312-manylinux2014_x86_64.whl", ["numpy>=2.1"])
    shop.asked.clear()
    new = snapshot_of([Wanted("flow")], Places((shop.url,)), client=client, old=old)
    assert {path for path, _ in shop.asked} == {"/simple/flow/", "/files/flow/flow-2.0-cp312-cp312-manylinux2014_x86_64.whl"}
    assert new.distributions[0].releases[1:] == old.distributions[0].releases[1:], "dates and sizes are kept"


def test_a_new_wheel_of_an_old_release_is_read(shop: Index, client: Client) -> None:
    old = snapshot_of([Wanted("numpy")], Places((shop.url,)), client=client)
    shop.publish("numpy-2.1-cp312-cp312-manylinux_2_28_x86_64.whl", ["late>=1"])
    new = snapshot_of([Wanted("numpy")], Places((shop.url,)), client=client, old=old)
    assert new.distributions[0].releases[0].requires == (Requirement("late", ">=1"),)
    assert [each.what for each in changes(old, new)] == ["wheels", "requirements"]


def test_other_requirements_on_other_platforms_are_kept(index: Index, client: Client) -> None:
    index.publish("flow-1.0-cp312-cp312-manylinux2014_x86_64.whl", ["a", "b"])
    index.publish("flow-1.0-cp312-cp312-win_amd64.whl", ["flow-intel==1.0"])
    index.publish("flow-1.0-cp312-cp312-macosx_12_0_arm64.whl", ["b", "a"])
    release = read(index, client, Wanted("flow", every_platform=True))["flow"].releases[0]
    assert release.requires == (Requirement("a"), Requirement("b"))
    assert release.requires_on == (("windows-x86_64", (Requirement("flow-intel", "==1.0"),)),), "macOS requires the same, in another order"


def test_what_extras_require_can_be_left_out(shop: Index, client: Client) -> None:
    flow = read(shop, client, Wanted("flow", extras=False))["flow"]
    assert flow.releases[2].requires == (Requirement("numpy", "<2,>=1.20"),)


def test_a_busy_index_is_asked_again(shop: Index, client: Client) -> None:
    shop.failures["/simple/flow/"] = 2
    shop.failures["/files/flow/flow-1.1-cp312-cp312-manylinux2014_x86_64.whl"] = 1
    assert [bool(release.read_from) for release in read(shop, client, Wanted("flow"))["flow"].releases] == [True, True, True]


def test_an_index_that_stays_away_is_named(shop: Index, client: Client) -> None:
    shop.failures["/simple/flow/"] = 99
    with pytest.raises(IndexUnreachable, match="does not answer: status 503"):
        read(shop, client, Wanted("flow"))


def test_nothing_listens_there(client: Client) -> None:
    with pytest.raises(IndexUnreachable, match=r"http://127\.0\.0\.1:9/simple/flow/ does not answer"):
        snapshot_of([Wanted("flow")], Places(("http://user:secret@127.0.0.1:9/simple",)), client=client)


def test_name_and_password_in_the_url_are_sent_and_not_shown(shop: Index, client: Client) -> None:
    shop.password = "Basic bWU6cEBzcw=="
    private = shop.url.replace("http://", "http://me:p%40ss@")
    assert snapshot_of([Wanted("numpy")], Places((private,)), client=client).distributions
    with pytest.raises(IndexUnreachable) as caught:
        snapshot_of([Wanted("numpy")], Places((private.replace("p%40ss", "wrong"),)), client=client)
    assert "401" in caught.value.says
    assert "wrong" not in caught.value.says


def test_a_page_that_is_something_else(index: Index, client: Client) -> None:
    index.publish("flow-1.0-py3-none-any.whl")
    index.projects["flow"]["flow-1.0-py3-none-any.whl"].requires_python = 3  # type: ignore[assignment]
    with pytest.raises(IndexUnreachable, match=r"is no index page: .*requires-python"):
        read(index, client, Wanted("flow"))


def test_progress_counts_to_the_end(shop: Index, client: Client) -> None:
    seen: list[tuple[int, int]] = []
    snapshot_of([Wanted("flow"), Wanted("numpy")], Places((shop.url,)), client=client, progress=lambda done, known: seen.append((done, known)))
    assert seen == [(1, 2), (2, 2), (1, 4), (2, 4), (3, 4), (4, 4)], "the pages first, the releases then"


def test_find_links_folder_and_file_index(tmp_path: Path, client: Client) -> None:
    (tmp_path / "flow-1.0+cpu-cp312-cp312-linux_x86_64.whl").write_bytes(wheel("flow-1.0+cpu-cp312-cp312-linux_x86_64.whl", ["a>=2"]))
    (tmp_path / "other-1.0-py3-none-any.whl").write_bytes(wheel("other-1.0-py3-none-any.whl"))
    (tmp_path / "notes.txt").write_text("not a wheel")
    page = tmp_path / "simple" / "flow"
    page.mkdir(parents=True)
    (page / "index.html").write_text('<a href="../../other-1.0-py3-none-any.whl">wrong project</a><a href="flow-2.0-py3-none-any.whl#sha256=0">two</a>')
    (page / "flow-2.0-py3-none-any.whl").write_bytes(wheel("flow-2.0-py3-none-any.whl", ["b"]))
    places = Places(((tmp_path / "simple").as_uri(),), (str(tmp_path),))
    flow = snapshot_of([Wanted("flow")], places, client=client).distributions[0]
    assert [(each.version, each.requires) for each in flow.releases] == [("2.0", (Requirement("b"),)), ("1.0", ())]
    assert not flow.releases[1].wheels, "the folder's build of 1.0 is looked up by every plan"


def test_find_links_that_are_not_there(tmp_path: Path, client: Client) -> None:
    with pytest.raises(IndexUnreachable, match="is not a folder"):
        snapshot_of([Wanted("flow")], Places((), (str(tmp_path / "gone"),)), client=client)


def test_a_snapshot_survives_its_file(tmp_path: Path, shop: Index, client: Client) -> None:
    snapshot = snapshot_of([Wanted("flow"), Wanted("numpy")], Places((shop.url,)), client=client)
    path = tmp_path / "snapshot.json"
    write_snapshot(snapshot, path)
    assert snapshot_in(path) == snapshot
    assert len(path.read_text().splitlines()) == 4, "one distribution a line"
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_snapshot_says_where(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    path.write_text('{"schema":"drivetrain/snapshot/1","as_of":"2026-01-01","distributions":[{"name":"a","releases":[{"version":1}]}]}')
    with pytest.raises(FileError, match=r"is no snapshot: .*distributions\[0\]\.releases\[0\]\.version"):
        snapshot_in(path)


def test_changes_name_what_came_and_went() -> None:
    def with_releases(*releases: Release, name: str = "flow") -> Snapshot:
        return Snapshot(as_of="2026-01-01", distributions=(Distribution(name=name, releases=releases),))

    one = Release(version="1.0", wheels=(Wheel("py3-none-any", 1),), yanked=True)
    old, new = with_releases(one), with_releases(Release(version="1.0", wheels=one.wheels))
    assert [each.what for each in changes(old, new)] == ["unyanked"]
    assert [(each.distribution, each.what) for each in changes(old, with_releases(one, name="jet"))] == [("jet", "added"), ("flow", "dropped")]
    assert changes(None, new) == ()
    assert changes(new, new) == ()


def test_builds_with_a_label_are_apart_from_the_release(index: Index, client: Client) -> None:
    index.publish("flow-2.0-cp312-cp312-manylinux_2_28_x86_64.whl", ["numpy", "nvidia-cudnn-cu13==9.1"])
    index.publish("flow-2.0+cu126-cp311-cp311-manylinux_2_28_x86_64.whl", ["numpy", "nvidia-cudnn-cu12==9.0"])
    index.publish("flow-2.0+cu126-cp312-cp312-manylinux_2_28_x86_64.whl", ["numpy", "nvidia-cudnn-cu12==9.0"])
    index.publish("flow-2.1+cu126-cp312-cp312-manylinux_2_28_x86_64.whl", ["numpy>=2"])
    read_once = snapshot_of([Wanted("flow")], Places((index.url,)), client=client)
    (flow,) = read_once.distributions
    assert [(each.version, len(each.wheels)) for each in flow.releases] == [("2.1", 0), ("2.0", 1)]
    place = f"index:{index.url}"
    assert [(each.version, each.local, each.place, len(each.wheels)) for each in read_once.labelled] == [("2.0", "cu126", place, 2), ("2.1", "cu126", place, 1)]
    assert read_once.labelled[0].requires == (Requirement("numpy"), Requirement("nvidia-cudnn-cu12", "==9.0"))
    index.asked.clear()
    again = snapshot_of([Wanted("flow")], Places((index.url,)), client=client, old=read_once)
    assert again.labelled == read_once.labelled
    assert [path for path, _ in index.asked if "cu126" in path] == [], "known builds are not read again"


def test_a_mirror_that_knows_less_is_completed_by_the_other(index: Index, client: Client, tmp_path: Path) -> None:
    name = "flow-1.0-py3-none-any.whl"
    index.publish(name, ["a"], uploaded="2024-03-02T10:00:00Z", yanked="broken", requires_python=">=3.10")
    page = tmp_path / "simple" / "flow"
    page.mkdir(parents=True)
    (page / name).write_bytes(wheel(name, ["a"]))
    (page / "index.html").write_text(f'<a href="{name}">one</a>')
    (release,) = snapshot_of([Wanted("flow")], Places(((tmp_path / "simple").as_uri(), index.url)), client=client).distributions[0].releases
    assert (release.released, release.yanked, release.requires_python) == ("2024-03-02", True, ">=3.10")
    assert not [path for path, _ in index.asked if path.startswith("/files")], "the first place that has the file is the one it is read from"


def test_a_refresh_that_is_broken_off_ends_at_once(index: Index, client: Client) -> None:
    for number in range(40):
        index.publish(f"flow-1.{number}-py3-none-any.whl", ["a"])
        index.failures[f"/files/flow/flow-1.{number}-py3-none-any.whl"] = 10**6

    def stop(done: int, known: int) -> None:
        raise KeyboardInterrupt

    started = time.monotonic()
    with Client(pause_seconds=30, attempts=9) as patient, pytest.raises(KeyboardInterrupt):
        snapshot_of([Wanted("flow")], Places((index.url,)), client=patient, progress=stop)
    assert time.monotonic() - started < 10, "nothing is waited for or tried again"
