from alcove.notifications.tests.mailbox import mail_port

__all__ = ["mail_port"]
