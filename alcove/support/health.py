"""How the machinery does, in plain words: what is wrong, and what to do about it."""

import datetime as dt
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from babel.numbers import format_decimal
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alcove.core.formats import day_and_time, locale
from alcove.core.models import Job
from alcove.core.templatetags.times import reader_zone

# A runner looks every second; what waits longer waits for one that is not there.
OVERDUE = dt.timedelta(minutes=2)
LITTLE_SPACE = 1_000_000_000
MOST_FULL = 0.9
SHOWN_JOBS = 20


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the machinery: ``tone`` is success, warning or danger; ``todo`` how to mend it."""

    title: str
    tone: str
    lines: list[str]
    todo: str = ""
    failed_jobs: list[Job] = field(default_factory=list)


def jobs_part(now: dt.datetime) -> Part:
    """Whether jobs are run, and which were given up."""
    due = Job.objects.filter(failed_at=None, run_at__lte=now)
    oldest = due.aggregate(oldest=Min("run_at"))["oldest"]
    failed = list(Job.objects.exclude(failed_at=None).order_by("-failed_at", "pk")[:SHOWN_JOBS])
    if oldest is None:
        lines = [_("Nothing is due.")]
    else:
        lines = [_("Due since: %(when)s") % {"when": day_and_time(oldest, reader_zone())}]
    if oldest is not None and now - oldest > OVERDUE:
        todo = _(
            "Nobody runs the jobs: letters, reminders and deadlines wait. Start `alcove worker`, or "
            "start the web process without ALCOVE_JOBS=0."
        )
        return Part(_("Jobs"), "danger", lines, todo, failed)
    if failed:
        count = len(failed)
        lines.append(
            ngettext("%(count)s job was given up.", "%(count)s jobs were given up.", count)
            % {"count": count}
        )
        todo = _("Mend what its error names, then try it again. Nothing of it is lost.")
        return Part(_("Jobs"), "warning", lines, todo, failed)
    return Part(_("Jobs"), "success", lines)


def database_part() -> Part:
    """Which database it is, how large, and whether it has the shape that this version needs."""
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(
        connection.vendor, connection.vendor
    )
    lines = [f"{kind}, {size_words(_database_bytes())}"]
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        lines.append(
            ngettext(
                "%(count)s migration is missing.", "%(count)s migrations are missing.", len(missing)
            )
            % {"count": len(missing)}
        )
        return Part(_("Database"), "danger", lines, _("Run `alcove setup`, then restart."))
    lines.append(_("Every migration is in."))
    return Part(_("Database"), "success", lines)


def disk_part() -> Part:
    """How much room is left where files are kept."""
    usage = shutil.disk_usage(settings.VAR_DIR)
    lines = [
        _("%(free)s of %(total)s free")
        % {"free": size_words(usage.free), "total": size_words(usage.total)}
    ]
    if usage.free < LITTLE_SPACE or usage.used > MOST_FULL * usage.total:
        todo = _("Make room, or move the data to a larger disk: a full one stops every booking.")
        return Part(_("Disk"), "warning", lines, todo)
    return Part(_("Disk"), "success", lines)


def calendars_part() -> Part:
    """How calendars get their entries."""
    line = _("Entries go out by mail and as files. Nothing has to be fetched from elsewhere.")
    return Part(_("Calendars"), "success", [line])


def size_words(size: int) -> str:
    """Such as "1.5 GB" or "1,5 GB", in powers of ten as disks are sold."""
    number, units = float(size), ["B", "kB", "MB", "GB", "TB"]
    for unit in units:
        if number < 1000 or unit == units[-1]:
            break
        number /= 1000
    pattern = "0" if number >= 10 or unit == "B" else "0.0"
    return f"{format_decimal(number, pattern, locale())} {unit}"


def _database_bytes() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    file = Path(str(connection.settings_dict["NAME"]))
    return file.stat().st_size if file.is_file() else 0
