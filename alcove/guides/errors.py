"""What can be wrong with a guide as it is written."""


class GuideProblem(Exception):
    """A guide that cannot be shown as it stands; names the file and what to mend in it."""
