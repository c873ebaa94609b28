"""What no compiler makes: chains and rings of thousands of libraries, search paths without end."""

from __future__ import annotations

import time

from audit.loader.process_facts import so, system

from drivetrain.audit.loader.elf_process import ElfProcess
from drivetrain.audit.loader.shelf import Shelf
from drivetrain.model.environment import Environment
from drivetrain.model.loading import tree_of

COUNT = 3000


def process_of(*libraries: object) -> ElfProcess:
    return ElfProcess(Shelf(Environment(prefix="/env", site_packages="/env", libraries=libraries, system=system())))  # type: ignore[arg-type]


def test_a_chain_and_a_ring_of_thousands_end() -> None:
    ring = [so(f"lib{at}.so", f"lib{(at + 1) % COUNT}.so", search=("$ORIGIN",)) for at in range(COUNT)]
    process = process_of(*ring)
    started = time.monotonic()
    assert process.open("/env/lib0.so")
    assert len(process.loaded()) == COUNT
    assert tree_of(tuple(process.answers))
    assert time.monotonic() - started < 5


def test_links_that_lead_in_a_circle_are_no_library_without_end() -> None:
    process = process_of(so("a.so", link="b.so"), so("b.so", link="a.so"))
    process.open("/env/a.so")
    assert process.answers


def test_a_search_path_of_thousands_of_folders_is_walked_once_for_each_name() -> None:
    wide = so("wide.so", *(f"libgone{at}.so" for at in range(50)), search=tuple(f"$ORIGIN/{at}" for at in range(COUNT)))
    process = process_of(wide)
    started = time.monotonic()
    assert not process.open("/env/wide.so")
    assert time.monotonic() - started < 5


def test_a_folder_with_brackets_in_its_name_stands_for_itself() -> None:
    shelf = Shelf(Environment(prefix="/runs[1]", site_packages="/runs[1]/site", libraries=(so("nvidia/cudnn/lib/libcudnn.so.9"),)))
    assert shelf.matching("/runs[1]/site/nvidia/cudnn/lib/libcudnn.so.*[0-9]") == ("/runs[1]/site/nvidia/cudnn/lib/libcudnn.so.9",)
    assert shelf.matching("/runs[1]/site/nvidia/cudnn/lib/libcudnn.so.9") == ("/runs[1]/site/nvidia/cudnn/lib/libcudnn.so.9",)
