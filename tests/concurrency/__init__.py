"""Races: many clients at once against a real server, on a database of their own.

Each race has a control beside it (``test_controls``) that takes the guard away and shows that the
race then happens: a test that cannot fail has shown nothing.
"""
