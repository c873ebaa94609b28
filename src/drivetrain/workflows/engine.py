"""How uv is to be run: what pip's and uv's own configuration say, the flags, and where each place of the plan is."""

from __future__ import annotations

from contextvars import copy_context
from pathlib import Path
from typing import TYPE_CHECKING

from drivetrain.model.build import Framework
from drivetrain.model.documents import FrozenMap
from drivetrain.model.request import Request
from drivetrain.words import LANGUAGES, say, speak

if TYPE_CHECKING:
    from drivetrain.install import EngineSettings


def engine_settings(request: Request | None, frameworks: tuple[Framework, ...], *, cache_dir: str | None, offline: bool) -> EngineSettings:
    """Gives the engine's settings on this machine."""
    from drivetrain.install import EngineSettings, uv_configuration
    from drivetrain.probe.configuration import pip_settings_here

    return EngineSettings(
        cache_dir=Path(cache_dir).expanduser().absolute() / "uv" if cache_dir else None,
        offline=offline,
        indexes=request.indexes if request else (),
        find_links=request.find_links if request else (),
        places=places_of(frameworks),
        pip=pip_settings_here(),
        uv=uv_configuration(),
        python_downloads=bool(request and request.fetch_python),
    )


def places_of(frameworks: tuple[Framework, ...]) -> FrozenMap[str]:
    """Gives the address of each place that a plan's packages may name; a saved plan names it in the language that it was made in."""
    found: dict[str, str] = {}
    for framework in frameworks:
        if framework.wheel_index:
            for language in LANGUAGES:
                found[copy_context().run(_title, language, framework)] = framework.wheel_index[1]
        if framework.page:
            for language in LANGUAGES:
                found[copy_context().run(_page_title, language, framework)] = framework.page.url
    return FrozenMap(found)


def _title(language: str, framework: Framework) -> str:
    speak(language)
    return say("{title}'s index", title=framework.title)


def _page_title(language: str, framework: Framework) -> str:
    speak(language)
    return say("{title}'s release page", title=framework.title)
