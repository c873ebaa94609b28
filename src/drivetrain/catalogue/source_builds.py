"""Releases that exist as source alone and may be built all the same: libraries without compiled code that old frameworks pin to one release.

uv builds nothing else that the request does not name itself. Each source archive was opened: what setup.py does, that no C code is needed, its SHA-256.
"""

from __future__ import annotations

from msgspec import Struct


class SourceBuild(Struct, frozen=True, kw_only=True):
    """One release whose source archive uv may build."""

    distribution: str
    version: str
    sha256: str
    """Of its source archive: another file of that name is not built."""
    requires_python: str = ""
    """Where its own metadata is silent and it fails on a newer Python."""
    variables: tuple[tuple[str, str], ...] = ()
    """What keeps the build free of compiled code."""
    needed_by: str
    sources: tuple[str, ...]


_ROWS = (
    SourceBuild(
        distribution="termcolor",
        version="1.1.0",
        sha256="1d6d69ce66211143803fbc56652b41d73b4a400a2891d7bf7a1cdf4c02de613b",
        needed_by="TensorFlow 2.4 to 2.6 (termcolor ~=1.1.0)",
        sources=("package index, termcolor-1.1.0.tar.gz opened on 2026-11-24: setup.py and termcolor.py, no C code, no requirements",),
    ),
    SourceBuild(
        distribution="wrapt",
        version="1.12.1",
        sha256="b62ffa81fb85f4332a4f609cab4ac40709470da05643a082ec1eb88e6d9b97d7",
        requires_python="<3.11",
        variables=(("WRAPT_INSTALL_EXTENSIONS", "false"),),
        needed_by="TensorFlow 2.4 to 2.6 (wrapt ~=1.12.1)",
        sources=(
            "package index, wrapt-1.12.1.tar.gz opened on 2026-11-24: its one C file is optional (setup.py leaves it out when WRAPT_INSTALL_EXTENSIONS is"
            " false, wrappers.py then takes its place), no requirements; decorators.py imports inspect.formatargspec, which Python 3.11 no longer has",
        ),
    ),
    SourceBuild(
        distribution="clang",
        version="5.0",
        sha256="ceccae97eda0225a5b44d42ffd61102e248325c2865ca53e4407746464a5333a",
        needed_by="TensorFlow 2.6 (clang ~=5.0)",
        sources=("package index, clang-5.0.tar.gz opened on 2026-11-24: Python bindings to libclang, no C code, no requirements",),
    ),
)

SOURCE_BUILDS = {(each.distribution, each.version): each for each in _ROWS}
