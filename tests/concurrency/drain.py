"""Runs every job that a killed server left, as a worker some minutes later would.

python -m tests.concurrency.drain
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcove.settings")
django.setup()

# Their models need the set-up above.
from alcove.core import clock, jobs  # noqa: E402

if __name__ == "__main__":
    # By then the leases of those who died have ended.
    print(jobs.run_due(clock.now() + jobs.LEASE))
