"""The command line: `alcove COMMAND`. Each command is a file in ``alcove/commands``.

Nothing of Django is imported before the command is known: `--help` is quick, and the port can
still go into the settings.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

DESCRIPTION = "Alcove: live online-therapy sessions for a practice."


def build_parser() -> argparse.ArgumentParser:
    """Every command and its arguments."""
    parser = argparse.ArgumentParser(prog="alcove", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, module: str, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(module=module)
        return command

    start = add("start", "start", "Set up, load the sample into an empty database, and serve.")
    serve = add("serve", "serve", "Serve the pages; runs the jobs too unless ALCOVE_JOBS=0.")
    for command in (start, serve):
        command.add_argument("--port", type=_port, help="the port (or PORT; else 8000)")
    add("worker", "worker", "Run jobs (mail, reminders, deadlines) until stopped.")
    add("setup", "setup", "Bring the database and the static files up to date.")
    load = add("import", "import_practice", "Take over a practice file; twice is the same as once.")
    load.add_argument("file", help="the practice file (YAML)")
    dump = add("export", "export_practice", "Write the practice file of what is set up now.")
    dump.add_argument("file", nargs="?", help="the file to write; it must not exist (else printed)")
    sample = add("sample", "sample", "Load the sample practice into an empty database.")
    sample.add_argument("--if-empty", action="store_true", help="do nothing if there is a practice")
    check = add(
        "check", "check", "Verify every invariant of the database; exit 1 if one is broken."
    )
    check.add_argument(
        "--audit-row", metavar="NUMBER:HASH", help="an end of the audit log that was noted before"
    )
    link = add("sign-in-link", "sign_in_link", "Print a one-time link that signs a person in.")
    link.add_argument("email", help="the person's e-mail address")
    add("setup-link", "setup_link", "Print a one-time link that sets up an empty practice.")
    add("push-key", "push_key", "Print a new private key for web push.")
    backup = add("backup", "backup", "Copy the SQLite database into one file while it runs.")
    backup.add_argument("file", help="the file to write; it must not exist")
    restore = add("restore", "restore", "Put a backup in the place of the SQLite database.")
    restore.add_argument("file", help="the file that `alcove backup` wrote")
    restore.add_argument("--replace", action="store_true", help="keep the present one aside first")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 done, 1 refused or failed, 2 called wrongly."""
    options = build_parser().parse_args(arguments)
    # What is written here (database, backups) is nobody else's on this machine.
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcove.settings")
    if getattr(options, "port", None):
        # Before the settings are read: the addresses in links and mails carry the port.
        os.environ["PORT"] = str(options.port)
    import django  # noqa: PLC0415 - not before the environment is complete

    django.setup()
    run = import_module(f"alcove.commands.{options.module}").run
    try:
        return int(run(options))
    except BrokenPipeError:
        # The reader of our output left (as `| head` does): that is no error of ours.
        sys.stderr.close()
        return 0


def _port(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(value)


if __name__ == "__main__":
    sys.exit(main())
