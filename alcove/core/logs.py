"""What may not reach the log."""

import logging
import re

_SECRET_LINK = re.compile(r"(/you/enter/|/you/welcome/|/setup/|/rooms/invitations/)[^/\s]+")


class WithoutSecretLinks(logging.Filter):
    """Cuts the token out of secret links: a refused one may still be good."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's finished text; every record passes."""
        record.msg = _SECRET_LINK.sub(r"\1…", record.getMessage())
        record.args = ()
        return True
