from alcove.notifications.tests.mailbox import mail_port, mailbox

__all__ = ["mail_port", "mailbox"]
