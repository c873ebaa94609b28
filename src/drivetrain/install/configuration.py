"""Translates settings into what uv reads: one generated configuration file, and the environment for what has no key in it.

Measured against uv 0.13.9: `no-index` works as key or flag only, `UV_FIND_LINKS` splits at commas, an unknown key is a hard error (so only keys that
every supported uv knows are written), and an index with credentials belongs into a file that nobody else can read, not onto a command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from drivetrain.formats.pip_configuration import PipSettings
from drivetrain.formats.toml_tree import Table
from drivetrain.install.settings import EngineSettings

KEPT = (
    "index-strategy",
    "keyring-provider",
    "exclude-newer",
    "concurrent-downloads",
    "concurrent-builds",
    "concurrent-installs",
    "python-install-mirror",
)
"""Of the user's own uv configuration these are handed on as they are; what would bend a lock (resolution, overrides, sources) is not, and constraints come with
the machine that they bind (`Machine.constraints`)."""

KEPT_VARIABLES = (
    "UV_INDEX",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_KEYRING_PROVIDER",
    "UV_INSECURE_HOST",
    "UV_NATIVE_TLS",
    "UV_SYSTEM_CERTS",
    "UV_HTTP_",
    "UV_REQUEST_TIMEOUT",
    "UV_CACHE_DIR",
    "UV_LINK_MODE",
    "UV_CONCURRENT_",
    "UV_EXCLUDE_NEWER",
    "UV_CREDENTIALS_DIR",
    "UV_PYTHON_INSTALL_MIRROR",
    "UV_PYTHON_CACHE_DIR",
)
"""Beginnings of the user's own uv variables that are handed on (`UV_INDEX_URL` and `UV_INDEX_NAME_PASSWORD` among them)."""

_DROPPED = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONSAFEPATH", "PYTHONPYCACHEPREFIX")


def configuration(settings: EngineSettings) -> Table:
    """Gives the tables of the generated uv.toml."""
    own, pip = settings.uv, settings.pip
    table: Table = {key: own[key] for key in KEPT if key in own}
    hosts = [*own.get("allow-insecure-host", ()), *pip.trusted_hosts]
    if hosts:
        table["allow-insecure-host"] = hosts
    links = [*map(_absolute, settings.find_links), *own.get("find-links", ()), *map(_absolute, pip.find_links)]
    if links:
        table["find-links"] = list(dict.fromkeys(links))
    if own.get("no-index") or pip.no_index:
        return {**table, "no-index": True}
    indexes = _indexes(settings)
    if len(indexes) > 1:
        # pip takes the best version of all its indexes; uv by default stops at the first that has the name.
        table.setdefault("index-strategy", "unsafe-best-match")
    return {**table, "index": indexes} if indexes else table


def environment(settings: EngineSettings, environ: Mapping[str, str]) -> dict[str, str]:
    """Gives the variables that uv is run with."""
    variables = {name: value for name, value in environ.items() if name not in _DROPPED and (not name.startswith("UV_") or name.startswith(KEPT_VARIABLES))}
    variables |= {"UV_PYTHON_DOWNLOADS": "automatic" if settings.python_downloads else "never", "NO_COLOR": "1", "UV_NO_PROGRESS": "1"}
    if settings.cache_dir is not None:
        variables["UV_CACHE_DIR"] = str(settings.cache_dir)
    elif isinstance(settings.uv.get("cache-dir"), str):
        variables.setdefault("UV_CACHE_DIR", settings.uv["cache-dir"])
    mode = settings.link_mode or variables.get("UV_LINK_MODE") or settings.uv.get("link-mode")
    if isinstance(mode, str):
        variables["UV_LINK_MODE"] = mode
    if settings.uv.get("system-certs") or settings.uv.get("native-tls"):
        # Renamed between versions of uv: each reads the one it knows.
        variables |= {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
    for key, name in (("http-proxy", "HTTP_PROXY"), ("https-proxy", "HTTPS_PROXY")):
        if isinstance(settings.uv.get(key), str):
            variables[name] = settings.uv[key]
    return {**variables, **_of_pip(settings.pip, variables)}


def _of_pip(pip: PipSettings, variables: Mapping[str, str]) -> dict[str, str]:
    given: dict[str, str] = {}
    if pip.cert:
        given["SSL_CERT_DIR" if Path(pip.cert).is_dir() else "SSL_CERT_FILE"] = pip.cert
    if pip.client_cert:
        given["SSL_CLIENT_CERT"] = pip.client_cert
    if pip.proxy:
        proxy = pip.proxy if "://" in pip.proxy else f"http://{pip.proxy}"
        given |= {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "ALL_PROXY": proxy}
    if pip.timeout and "UV_HTTP_TIMEOUT" not in variables:
        given["UV_HTTP_TIMEOUT"] = str(max(1, round(pip.timeout)))
    if pip.retries is not None and "UV_HTTP_RETRIES" not in variables:
        given["UV_HTTP_RETRIES"] = str(pip.retries)
    return given


def _indexes(settings: EngineSettings) -> list[Table]:
    """Added by flags, then uv's own, then pip's; the default one stands last, as uv ranks it."""
    own, pip = settings.uv, settings.pip
    listed: list[Table] = [{"url": url} for url in settings.indexes]
    listed += [dict(each) for each in own.get("index", ()) if isinstance(each, dict)]
    listed += [{"url": url} for url in own.get("extra-index-url", ())]
    if isinstance(own.get("index-url"), str):
        listed.append({"url": own["index-url"], "default": True})
    listed += [{"url": url} for url in pip.extra_index_urls]
    if pip.index_url:
        listed.append({"url": pip.index_url, "default": True})
    known: dict[str, Table] = {}
    for each in listed:
        url = str(each["url"]).rstrip("/")
        known[url] = {**each, **known[url]} if url in known else each
    # uv knows one default index: another one, pip's beside uv's own, is one more.
    first = next((each for each in known.values() if each.get("default")), None)
    others = [{key: value for key, value in each.items() if key != "default"} for each in known.values() if each is not first]
    return [*others, *([first] if first else [])]


def _absolute(place: str) -> str:
    """uv reads a relative folder from where its configuration lies, which is a folder of ours."""
    return place if "://" in place else str(Path(place).expanduser().absolute())
