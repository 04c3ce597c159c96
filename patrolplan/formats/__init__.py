"""Facts to text and text to facts: pure functions, one file format each."""
