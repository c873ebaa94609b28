"""`drivetrain audit`: what is wrong in an environment, found without importing anything from it."""

from __future__ import annotations

import argparse
from pathlib import Path

from drivetrain.cli.asked import typed_of
from drivetrain.cli.audit_choice import add_choice_flags, counted, write_down
from drivetrain.cli.audit_output import Done, add_output_flags, emit_audit, format_of
from drivetrain.cli.session import Session
from drivetrain.cli.target import add_target_flags, one_aim
from drivetrain.errors import UsageError
from drivetrain.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place", nargs="?", metavar=say("PREFIX"), help=say("the environment; default: the active one, else ./.venv"))
    parser.add_argument("--prefix", metavar=say("FOLDER"), help=say("the same as PREFIX"))
    parser.add_argument("--verbose", action="store_true", help=say("all evidence, and the checks that could not tell"))
    parser.add_argument("--loader", metavar=say("FRAMEWORK"), help=say("the libraries that it would load, from where, and why; with --verbose all of them"))
    parser.add_argument("--root", metavar=say("FOLDER"), help=say("the folder of an unpacked image; PREFIX is then a path inside it"))
    add_choice_flags(parser, baseline=True)
    add_output_flags(parser)
    add_target_flags(parser)


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return (
        (("audit",), say("the environment at hand")),
        (("audit", "/srv/envs/train", "--verbose"), say("another one, with all evidence")),
        (("audit", "copied-env", "--machine", "server.json", "--json"), say("an environment copied from another machine")),
        *((("audit", "--loader", name), say("which files a framework would load, and what finds them")) for name in frameworks[:1]),
        (("audit", "--root", "image", "/opt/venv"), say("an environment inside an unpacked image")),
        (("audit", "--ignore", "ptx-*", "--fail-on", "warning"), say("without some causes, and warnings fail too")),
        (("audit", "--write-baseline", "audit-baseline.json"), say("what is known by now; --baseline FILE then counts what is new")),
        (("audit", "--format", "sarif", "-o", "audit.sarif"), say("for code scanning; junit for test pages, github for a workflow run")),
    )


def place_of(options: argparse.Namespace) -> str | None:
    """Gives the prefix that was named, in either way."""
    if None not in (options.place, options.prefix) and options.place != options.prefix:
        raise UsageError(say("{one} and --prefix {other} contradict each other", one=options.place, other=options.prefix), say("name one environment"))
    return options.prefix if options.place is None else str(options.place)


def run(options: argparse.Namespace, session: Session) -> int:
    from drivetrain.report.text_audit import audit_screen
    from drivetrain.workflows.auditing import audit_of
    from drivetrain.workflows.change import line_anew
    from drivetrain.workflows.inside import keeps_a_fix
    from drivetrain.workflows.prefixes import prefix_at_hand
    from drivetrain.workflows.reading_ahead import ReadingAhead

    format_of(options)
    if options.root is not None:
        return _of_image(options, session)
    prefix = prefix_at_hand(place_of(options))
    ahead = ReadingAhead(prefix, session.cache_dir)
    aim = one_aim(options, session)
    done = audit_of(prefix, aim.machine, read=ahead.environment(), here=aim.here, loader=options.loader or "", cache_dir=session.cache_dir)
    done = counted(done, options, prefix)
    typed, place, broken = typed_of(options, session), place_of(options), any(not each.is_outside for each in done.found("error"))
    flags = (word for flag in typed.flags for word in flag)
    mend = typed.bare("fix", *((place,) if place else ()), *flags) if broken or (aim.here and keeps_a_fix(prefix, done)) else ""
    anew = line_anew(prefix, typed) if broken and aim.here else ""
    lines = audit_screen(done, verbose=options.verbose, anew=anew, mend=mend, shell=session.shell)
    line = typed.line("fix", done.prefix)
    return _told(options, session, Done(audit=done, prefix=prefix, lines=tuple(lines), mend=line))


def _of_image(options: argparse.Namespace, session: Session) -> int:
    from drivetrain.report.text_audit import audit_screen
    from drivetrain.workflows.images import audit_of_image

    machine = one_aim(options, session).machine
    done, prefix = audit_of_image(Path(options.root), place_of(options), machine, loader=options.loader or "", cache_dir=session.cache_dir)
    done = counted(done, options, prefix)
    lines = audit_screen(done, verbose=options.verbose, shell=session.shell)
    return _told(options, session, Done(audit=done, prefix=prefix, lines=tuple(lines)))


def _told(options: argparse.Namespace, session: Session, done: Done) -> int:
    code = emit_audit(options, session, done)
    return 0 if write_down(done.audit, options, session) else code
