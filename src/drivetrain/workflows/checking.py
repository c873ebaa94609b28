"""Proves every row of the facts that came with drivetrain, and tells the age of each file."""

from __future__ import annotations

from pathlib import Path

from drivetrain.model.build import Framework
from drivetrain.model.listing import CatalogueSummary, Fault


def check_summary(today: str) -> CatalogueSummary:
    """Gives the faults and the files."""
    from drivetrain import causes
    from drivetrain.catalogue import DATA
    from drivetrain.frameworks import frameworks
    from drivetrain.workflows.cache import shipped_path
    from drivetrain.workflows.fact_files import fact_files, made_days
    from drivetrain.workflows.facts import day_of

    found = faults_below(DATA, DATA.parents[1] / "frameworks", Path(causes.__file__).parent, today=today, made=made_days(), known=frameworks())
    day = day_of(shipped_path())
    return CatalogueSummary(as_of=day, shipped=day, files=fact_files(), faults=found)


def faults_below(data: Path, folder: Path, pages: Path, *, today: str, made: dict[str, str], known: tuple[Framework, ...]) -> tuple[Fault, ...]:
    """Reads the files of two folders and gives every fault."""
    from drivetrain.catalogue.check.chips import chip_faults
    from drivetrain.catalogue.check.contradictions import contradictions
    from drivetrain.catalogue.check.further import further_faults
    from drivetrain.catalogue.check.grounds import date_faults, page_faults, source_faults
    from drivetrain.catalogue.check.material import Reader
    from drivetrain.catalogue.check.spelling import spelling_faults

    reader = Reader(data, folder)
    material = reader.material(known, pages)
    checks = (
        spelling_faults(material),
        source_faults(material),
        contradictions(material),
        chip_faults(material),
        further_faults(material),
        page_faults(material),
        date_faults(material, today, made),
    )
    return (*reader.faults, *(fault for check in checks for fault in check))
