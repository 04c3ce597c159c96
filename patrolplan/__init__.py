"""Rosters, cover and patrol rounds for places guarded day and night."""

__version__ = "0.1.0"
FILE_FORMAT = 1
"""Version of the operation file that is read."""
