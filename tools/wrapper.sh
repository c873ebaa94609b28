# Starts the environment that tools/bootstrap made for this checkout, and tools/bootstrap where there is none or it is not the one asked for.
# Sourced by ./drivetrain and ./test with $root and $purpose set. The quick way starts no process but two `cat`s.

set -f # no file name is meant to be a pattern here

if [ -n "${DRIVETRAIN_STATE_DIR:-}" ]; then
    case $DRIVETRAIN_STATE_DIR in /*) state=$DRIVETRAIN_STATE_DIR ;; *) state=$PWD/$DRIVETRAIN_STATE_DIR ;; esac
elif [ -n "${XDG_STATE_HOME:-}" ]; then
    state=$XDG_STATE_HOME/drivetrain
elif [ -x /usr/bin/sw_vers ]; then
    state="${HOME:-}/Library/Application Support/drivetrain"
else
    state=${HOME:-}/.local/state/drivetrain
fi

if [ "$(command -v "${0##*/}")" = "$0" ]; then # found on PATH: typed without a folder
    DRIVETRAIN_INVOKED_AS=${0##*/}
else
    DRIVETRAIN_INVOKED_AS=$0
fi
export DRIVETRAIN_INVOKED_AS

# The stamp: the environment's Python, the DRIVETRAIN_PYTHON it was made for, then the pyproject.toml it was made from.
stamp=$state/checkouts$root/ready-$purpose
if [ -r "$stamp" ]; then
    { IFS= read -r python && IFS= read -r asked && declared=$(cat); } <"$stamp"
    if [ -x "$python" ] && [ "$asked" = "${DRIVETRAIN_PYTHON:-}" ] && [ "$declared" = "$(cat "$root/pyproject.toml")" ]; then
        # -I: neither this folder nor PYTHONPATH can put another package in the place of drivetrain's own.
        case $purpose in
        run) exec "$python" -I -m drivetrain "$@" ;;
        test) exec "$python" -I "$root/tools/check.py" "$@" ;;
        esac
    fi
fi

set +f
for python in ${DRIVETRAIN_PYTHON:+"$DRIVETRAIN_PYTHON"} python3 python3.13 python3.12 python3.11 python3.10 python \
    "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/*/bin/python3; do
    if [ "$("$python" -c 'import sys; print(sys.version_info >= (3, 8))' 2>/dev/null)" = True ]; then
        exec "$python" -I "$root/tools/bootstrap" "$purpose" "$@"
    fi
done
case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
zh*) echo "drivetrain：本机没有 Python；请安装 Python 3.10 或更新的版本（带 venv），或用 DRIVETRAIN_PYTHON=/path/to/python3 指定" >&2 ;;
*) echo "drivetrain: no Python was found; install Python 3.10 or newer with venv, or name one with DRIVETRAIN_PYTHON=/path/to/python3" >&2 ;;
esac
exit 2
