"""The whole way from files to a roster as functions."""
