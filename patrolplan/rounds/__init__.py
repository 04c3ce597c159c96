"""Rounds: which checkpoint when, inside a patrol duty, so that promises are kept and a watcher learns little."""
