"""What the snapshot says of its markers is what the `packaging` library says of them."""

from __future__ import annotations

from itertools import product

from drivetrain.catalogue import Catalogue, read_snapshot
from drivetrain.catalogue.relations.markers import marker_environment, marker_holds
from drivetrain.model.catalogue import PLATFORMS, PYTHONS, Snapshot


def evaluated(marker: str, platform: str, python: str, extra: str) -> bool:
    os, arch = platform.split("-")
    return marker_holds(marker, marker_environment(os, {"arm64": "aarch64"}.get(arch, arch), python), extra)


def test_every_marker_of_the_shipped_snapshot_is_judged_as_packaging_does() -> None:
    catalogue = Catalogue(read_snapshot(), facts={}, code=(), breaks=())
    markers = {each.marker for release in catalogue.snapshot.distributions for row in release.releases for each in row.requires if each.marker}
    assert markers <= {each.marker for each in catalogue.snapshot.markers}
    for marker, platform, python in product(sorted(markers), PLATFORMS, PYTHONS):
        for extra in ("", "and-cuda", "with-cuda", "nobody-names-this"):
            assert catalogue.marker_holds(marker, platform, python, extra) == evaluated(marker, platform, python, extra), (marker, platform, python, extra)


def test_what_no_snapshot_judged_is_evaluated() -> None:
    catalogue = Catalogue(Snapshot(as_of="2026-11-24", distributions=()), facts={}, code=(), breaks=())
    assert catalogue.marker_holds('python_version < "3.12"', "linux-x86_64", "3.11")
    assert not catalogue.marker_holds('sys_platform == "win32"', "macos-arm64", "3.16")
    assert catalogue.marker_holds('extra == "gpu"', "linux-x86_64", "3.12", "gpu")
