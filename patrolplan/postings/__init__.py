"""Postings: who stands where inside a shift, and who relieves whom."""
