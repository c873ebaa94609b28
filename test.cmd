@echo off
rem Runs the tests of this checkout (--full: all of them; the rest goes to pytest).
rem Untested: this file has not run on Windows yet.
setlocal
set "DRIVETRAIN_INVOKED_AS=%~0"
set "launcher="
if defined DRIVETRAIN_PYTHON set launcher="%DRIVETRAIN_PYTHON%"
if not defined launcher where /q py && set "launcher=py -3"
rem "python" may be the shop's placeholder, which is no Python: it is asked.
if not defined launcher python -c "" >nul 2>nul && set "launcher=python"
if not defined launcher (
    echo drivetrain: no Python was found; install Python 3.10 or newer, or name one with DRIVETRAIN_PYTHON 1>&2
    exit /b 2
)
%launcher% -I "%~dp0tools\bootstrap" test %*
exit /b %ERRORLEVEL%
