"""Tools for translators: the words of the source, and the catalogues that hold them in other languages."""
