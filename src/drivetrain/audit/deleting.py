"""Gives the line to type that deletes what lies in an environment and belongs to nothing."""

from __future__ import annotations

import shlex

from drivetrain.audit.rule import Context


def deleting(context: Context, *paths: str) -> tuple[str, ...]:
    """Gives the line for paths relative to site-packages; none for Windows, whose shells differ in it, and none where the folder is not known."""
    site = context.environment.site_packages
    if context.environment.platform == "windows" or not site:
        return ()
    return (f"rm -r -- {' '.join(shlex.quote(path if path.startswith('/') else f'{site}/{path}') for path in paths)}",)
