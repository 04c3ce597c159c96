"""Rosters, cover and patrol rounds for places guarded day and night."""

__version__ = "0.1.0"
