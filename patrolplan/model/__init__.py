"""The words in which rules speak to the solver."""
