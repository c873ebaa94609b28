"""The terms and questions of a setup guide have pages in both languages, found by the words that people use."""

from __future__ import annotations

import re

import pytest

from drivetrain.causes import slugs
from drivetrain.causes.terms import page_of_term, term_named, terms

HAN = re.compile(r"[\u4e00-\u9fff]")
NAMED = re.compile(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`")
NO_PAGES = {
    "nvidia-smi",
    "conda-forge",
    "cuda-compat",
    "nvidia-cuda-runtime-cu12",
    "nvidia-cuda-nvcc-cu12",
    "nvidia-cudnn-cu12",
    "nvidia-nccl-cu12",
    "jax-cuda12-plugin",
    "jax-cuda13-plugin",
}

GUARANTEED = {
    "tensorflow": "tensorflow",
    "TensorFlow": "tensorflow",
    "CUDA": "cuda",
    "cudnn": "cudnn",
    "nvidia driver": "nvidia-driver",
    "gpu": "gpu",
    "CUDA Toolkit": "cuda-toolkit",
    "nvcc": "nvcc",
    "driver ceiling": "driver-ceiling",
    "compute capability": "compute-capability",
    "PTX": "ptx",
    "conda channel": "conda-channel",
    "wheel": "wheel",
    "virtual environment": "virtual-environment",
    "pytorch": "torch",
    "What is the difference between CPU and GPU?": "cpu-and-gpu",
    "what's the difference between a CPU and a GPU": "cpu-and-gpu",
    "What does cuDNN do?": "cudnn",
    "which cuDNN version do I have": "which-cudnn-version",
    "Which version of cuDNN is installed?": "which-cudnn-version",
    "Where does the NVIDIA control panel show the CUDA version?": "nvidia-control-panel",
    "do I still need environment variables after installing CUDA?": "environment-variables",
    "is Visual Studio needed to install CUDA?": "visual-studio",
    "why does the CUDA installer fail": "cuda-installer-fails",
    "what does the Anaconda channel's licence ask?": "anaconda-licence",
    "why do nvidia-smi and nvcc show different versions": "driver-ceiling",
    "显卡驱动": "nvidia-driver",
    "CPU 和 GPU 有什么区别？": "cpu-and-gpu",
    "cuDNN 有什么用？": "cudnn",
    "怎么查看 cuDNN 版本？": "which-cudnn-version",
    "装完 CUDA 还需要设环境变量吗？": "environment-variables",
    "需要安装 Visual Studio 吗？": "visual-studio",
    "Anaconda 收费吗？": "anaconda-licence",
}


@pytest.mark.parametrize("text", GUARANTEED)
def test_what_people_ask_has_its_page(text: str) -> None:
    found = term_named(text)
    assert found is not None
    assert found.topic == GUARANTEED[text]


@pytest.mark.parametrize("text", ["RuntimeError: CUDA error: out of memory", "what is the capital of France?", "libcudnn.so.8 not found", "x", ""])
def test_what_no_page_answers_gets_none(text: str) -> None:
    assert term_named(text) is None


@pytest.mark.parametrize("topic", sorted(terms()))
def test_a_page_is_whole_in_both_languages(topic: str) -> None:
    english, chinese = page_of_term(terms()[topic], "en"), page_of_term(terms()[topic], "zh")
    assert english.topic == chinese.topic == topic
    assert english.sources == chinese.sources
    assert HAN.search(chinese.title) or topic in ("ptx",)
    assert HAN.search(chinese.body_markdown)
    assert not HAN.search(english.title + english.body_markdown)
    assert not re.search(r"[\u4e00-\u9fff][,;:](?!\w)", chinese.body_markdown), "half-width punctuation after Chinese"
    known = {*slugs(), *terms(), *NO_PAGES}
    for page in (english, chinese):
        assert not [each for each in NAMED.findall(page.body_markdown) if each not in known]


def test_no_name_means_two_terms() -> None:
    names = [name.lower() for term in terms().values() for name in (term.topic, *term.names)]
    assert len(names) == len(set(names))
