"""Tells the commands among lines that were copied from a README, a notebook or a Dockerfile."""

from __future__ import annotations

import re

COMMAND = re.compile(r"(?:[$!%>]\s*|RUN\s+)?(?:sudo\s+)?(?:\S*python[\d.]*\s+-m\s+)?(?:uv\s+)?pip[\d.]*\s+install\s+")
"""A line of a README, a notebook or a Dockerfile. Source: https://pip.pypa.io/en/stable/cli/pip_install/."""

SHELL = re.compile(
    r"[$!%>]|(?:RUN|FROM|ENV|WORKDIR|COPY|CMD|ENTRYPOINT|ARG|USER)\s|"
    r"(?:sudo|apt|apt-get|brew|conda|mamba|micromamba|git|cd|mkdir|export|source|wget|curl|python[\d.]*|pip[\d.]*|uv|poetry|bash|sh)\s+[^\s=<>!~;@\[]"
)
"""Other lines of a README, a notebook or a Dockerfile."""

OF_THE_COMMAND = (
    *("-U", "--upgrade", "-q", "-qq", "-qqq", "--quiet", "-v", "--verbose", "-y", "--user", "--no-cache-dir", "--no-cache", "--force-reinstall"),
    *("--ignore-installed", "-I", "--no-deps", "--system", "--break-system-packages", "--progress-bar", "--no-warn-script-location", "--no-build-isolation"),
    *("--prefer-binary", "--use-pep517", "--no-warn-conflicts", "--disable-pip-version-check", "--root-user-action"),
)
"""What says how a command installs, not what."""
