"""What a person sees in a terminal: one view per module, and the live progress of a search."""
