"""Journeys: people at real browsers, in front of a real server with a database of its own."""
