"""Says which distribution, component or library a conda package is.

A name that stands in no table here is taken to be the distribution of the same name: that is conda-forge's rule for Python packages
(https://conda-forge.org/docs/maintainer/adding_pkgs/), and the tables hold the exceptions.
"""

from __future__ import annotations

import re

STATIC = "github.com/regro/cf-scripts@02c32a2aa81b:conda_forge_tick/pypi_name_mapping_static.yaml"
MAIN = "github.com/conda-incubator/conda-pypi@5a4c83cc8c1b:docs/reference/conda-channels-naming-analysis.md"
RECIPES = "github.com/AnacondaRecipes/tensorflow_recipes@7b1528f34e2a"
FEEDSTOCKS = "https://github.com/conda-forge/NAME-feedstock: recipe/meta.yaml, source and outputs"

DISTRIBUTIONS: dict[str, tuple[str, str]] = {
    "pytorch": ("torch", STATIC),
    "pytorch-gpu": ("torch", MAIN),
    "pytorch-cpu": ("torch", MAIN),
    "matplotlib-base": ("matplotlib", STATIC),
    "seaborn-base": ("seaborn", STATIC),
    "opencv": ("opencv-python", STATIC),
    "pytables": ("tables", STATIC),
    "python-graphviz": ("graphviz", STATIC),
    "python-xxhash": ("xxhash", STATIC),
    "python-duckdb": ("duckdb", STATIC),
    "docker-py": ("docker", STATIC),
    "redis-py": ("redis", STATIC),
    "airflow": ("apache-airflow", STATIC),
    "psycopg2": ("psycopg2-binary", STATIC),
    "keras-gpu": ("keras", MAIN),
    "keras-base": ("keras", MAIN),
    "astropy-base": ("astropy", MAIN),
    "qtconsole-base": ("qtconsole", MAIN),
    "spyder-base": ("spyder", MAIN),
    "pywget": ("wget", MAIN),
    "python-wget": ("wget", MAIN),
    "diffusers-base": ("diffusers", MAIN),
    "diffusers-torch": ("diffusers", MAIN),
    "uvicorn-standard": ("uvicorn", MAIN),
    "msgpack-python": ("msgpack", FEEDSTOCKS),
    "ruamel_yaml": ("ruamel-yaml", FEEDSTOCKS),
    "py-opencv": ("opencv-python", FEEDSTOCKS),
    "py-xgboost": ("xgboost", FEEDSTOCKS),
    "py-xgboost-gpu": ("xgboost", FEEDSTOCKS),
    "py-xgboost-cpu": ("xgboost", FEEDSTOCKS),
    "dask-core": ("dask", FEEDSTOCKS),
    "tensorflow-base": ("tensorflow", RECIPES),
    "tensorflow-mkl": ("tensorflow", RECIPES),
    "tensorflow-eigen": ("tensorflow", RECIPES),
    "brotli-python": ("brotli", FEEDSTOCKS),
}
"""conda name: (distribution, source). `tensorflow-gpu` stays: the planner says itself what became of it."""

COMPONENTS: dict[str, tuple[str, str]] = {
    "python": ("python", FEEDSTOCKS),
    "cudatoolkit": ("cuda", "github.com/conda-forge/cudatoolkit-feedstock@dd82ed5e20df:recipe/meta.yaml"),
    "cuda-version": ("cuda", "github.com/conda-forge/cuda-version-feedstock@ae97761f7afa:recipe/conda_build_config.yaml"),
    "pytorch-cuda": ("cuda", "https://pytorch.org/get-started/previous-versions/ (conda lines of 1.13 to 2.5)"),
    "cuda": ("cuda", "https://docs.nvidia.com/cuda/cuda-installation-guide-linux/ (conda)"),
    "cuda-toolkit": ("cuda", "https://docs.nvidia.com/cuda/cuda-installation-guide-linux/ (conda)"),
    "cuda-runtime": ("cuda", "https://docs.nvidia.com/cuda/cuda-installation-guide-linux/ (conda)"),
    "cudnn": ("cudnn", "github.com/conda-forge/cudnn-feedstock@a7f01825b8bb:.ci_support"),
}
"""conda name: (component, source)."""

FINER = ("opencv", "py-opencv")
"""Packages whose distribution adds a part to the version: opencv 4.5.5 is opencv-python 4.5.5.62 and 4.5.5.64."""

UNNEEDED = ("pip", "wheel", "uv", "pytorch-mutex", "numpy-base", "_tflow_select", "nomkl", "mkl-service", "mkl_fft", "mkl_random", "conda", "mamba")
"""What an environment of drivetrain has or decides anyway, and what only conda's own NumPy (with MKL) needs; nobody misses it."""

_NATIVE = re.compile(
    r"""
    abseil-cpp| aom| arpack| arrow-cpp| binutils| blas| blosc| boost| boost-cpp| brotli| brotli-bin| bzip2| c-ares| c-compiler| ca-certificates|
    cairo| ccache| charls| clang| clangxx| compilers| cpp-filt| cupti| curl| cxx-compiler| dav1d| dbus| dos2unix| eigen| expat| ffmpeg| fftw| fmt|
    fontconfig| fonts-anaconda| fonts-conda-ecosystem| fonts-conda-forge| freeglut| freetype| fribidi| gcc| gdk-pixbuf| gettext| gflags| gfortran|
    giflib| git| git-lfs| glew| glfw| glib| glib-tools| glog| gmp| gnutls| graphite2| gst-plugins-base| gstreamer| gtk2| gtk3| gxx| harfbuzz| hdf4|
    hdf5| htop| icu| imagemagick| intel-openmp| isl| jasper| jpeg| jxrlib| keyutils| krb5| lame| lcms2| leptonica| lerc| llvm-openmp| llvm-tools|
    lz4-c| lzo| magma| make| menuinst| mesalib| metis| mpc| mpfr| mpich| mysql-common| mysql-libs| nasm| nccl| ncurses| nettle| ninja-base| nodejs|
    nspr| nss| nvtop| openblas| opencl-headers| openexr| openh264| openjdk| openjpeg| openmpi| openssl| orc| p11-kit| pandoc| pango| parallel|
    patchelf| pcre| pcre2| perl| pixman| pkg-config| poppler| proj| protobuf-c| pthread-stubs| pthreads-win32| python_abi| qt| qt-main| qt-webengine|
    rdma-core| re2| readline| rhash| rust| sed| sleef| snappy| sox| sqlite| suitesparse| tar| tbb| tesseract| tk| tmux| tree| tzdata| ucrt| ucx|
    unixodbc| unrar| unzip| vc| vc14_runtime| vim| vs2015_runtime| wayland| x264| x265| xerces-c| xvidcore| xz| yaml| yaml-cpp| yasm| zeromq| zfp|
    zip| zlib| zlib-ng| zstd|
    _.* | lib(?!rosa$|cst$|sass$|tmux$|cloud$|pysal$).* | font-.* | fonts-.* | xorg-.* | m2w64-.* | msys2-.* | r-.* | perl-.* |
    (?:gcc|gxx|gfortran|binutils|clang|clangxx|sysroot|kernel-headers|ld_impl)_.* |
    mkl | mkl-include | mkl-devel | nsight-.* | cuda-(?!python$|bindings$|core$|pathfinder$).*
    """,
    re.VERBOSE,
)


def is_native(name: str) -> bool:
    """Tells whether the conda package is a library or program without a Python distribution: its recipe installs nothing into site-packages."""
    return _NATIVE.fullmatch(name) is not None
