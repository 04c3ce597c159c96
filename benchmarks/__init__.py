"""Measurements of patrolplan, and the scripts that write the personnel files of the examples."""
