"""Says the wrappers' few sentences in English or Chinese; drivetrain's own words need an environment that is not there yet."""

from __future__ import annotations

from typing import Mapping

CHINESE: dict[str, str] = {
    "stopped; nothing was left behind": "已中断，没有留下任何东西",
    "cannot write {path}: {why};": "无法写入 {path}：{why}；",
    "name another folder with DRIVETRAIN_STATE_DIR": "请用 DRIVETRAIN_STATE_DIR 指定另一个目录",
    "pyproject.toml: {table}.{key} is not a list of strings, one a line;": "pyproject.toml：{table}.{key} 不是每行一个字符串的列表；",
    "restore it with git": "请用 git 恢复",
    "needs Python >= 3.10 with venv; found {found};": "需要 Python >= 3.10（带 venv），目前只有 {found}；",
    "needs Python >= 3.10 with venv; found none;": "需要 Python >= 3.10（带 venv），本机一个也没有；",
    "install one, or name one with DRIVETRAIN_PYTHON=/path/to/python3": "请安装一个，或用 DRIVETRAIN_PYTHON=/path/to/python3 指定",
    "DRIVETRAIN_PYTHON={asked} does not run;": "DRIVETRAIN_PYTHON={asked} 无法运行；",
    "DRIVETRAIN_PYTHON={asked} is Python {version}, too old;": "DRIVETRAIN_PYTHON={asked} 是 Python {version}，太旧；",
    "name a Python >= 3.10": "请指定 Python >= 3.10",
    "{python} (Python {version}) has no {missing};": "{python}（Python {version}）缺少 {missing}；",
    "install it: {command}": "请先安装：{command}",
    "install it, or name another Python with DRIVETRAIN_PYTHON=/path/to/python3": "请先安装，或用 DRIVETRAIN_PYTHON=/path/to/python3 指定另一个 Python",
    "first use: makes a private environment in {folder}": "首次使用：在 {folder} 建立私有环境",
    "with Python {version}, {download} MB to download, {disk} MB on disk, about {seconds} s on a quick line; only once": (
        "使用 Python {version}，下载约 {download} MB，占用磁盘约 {disk} MB，网速快时约 {seconds} 秒；只此一次"
    ),
    "another run is making it; waiting": "另一个进程正在建立，等它完成",
    "finds {name}": "查找 {name}",
    "downloads {name}": "下载 {name}",
    "installs and byte-compiles": "安装并编译字节码",
    "ready after {seconds} s": "已就绪，用时 {seconds} 秒",
    "the package index did not answer ({why});": "软件源没有响应（{why}）；",
    "look at the network, the proxy and the index in `pip config list`, then try again": "请检查网络、代理和 `pip config list` 里的软件源，然后重试",
    "no space is left in {folder};": "{folder} 所在磁盘已满；",
    "free {disk} MB, or name another folder with DRIVETRAIN_STATE_DIR": "请腾出 {disk} MB，或用 DRIVETRAIN_STATE_DIR 指定另一个目录",
    "pip could not install drivetrain's dependencies ({why});": "pip 未能安装 drivetrain 的依赖（{why}）；",
    "its whole output comes with --debug": "加上 --debug 可看完整输出",
    "{python} could not make an environment ({why});": "{python} 未能建立环境（{why}）；",
}

_chinese = False


class Stop(Exception):
    """Nothing can be started; `says` is what and where, `next` what to do."""

    def __init__(self, says: str, next: str) -> None:
        super().__init__(says)
        self.says = says
        self.next = next


def speak(arguments: list[str], environ: Mapping[str, str]) -> None:
    """Chooses the language: `--lang zh`, else the locale."""
    global _chinese
    asked = [after for before, after in zip(arguments, arguments[1:]) if before == "--lang"]
    asked += [each[len("--lang=") :] for each in arguments if each.startswith("--lang=")]
    spoken = next((environ[each] for each in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(each)), "")
    _chinese = (asked[-1] if asked else spoken).startswith("zh")


def say(template: str, **values: object) -> str:
    """Fills the template in the language in use."""
    return (CHINESE.get(template, template) if _chinese else template).format(**values)
