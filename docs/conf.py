"""How the documentation is built: ``make docs``."""

from patrolplan import __version__

project = "patrolplan"
author = "the patrolplan authors"
copyright = "the patrolplan authors, Apache-2.0"
version = release = __version__
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist", "dollarmath"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
exclude_patterns = ["_build", "*.py"]
nitpicky = True
suppress_warnings = ["misc.highlighting_failure"]  # tables in CSV have no lexer
html_theme = "furo"
html_title = "patrolplan"
html_static_path: list[str] = []
html_theme_options = {"source_repository": "", "navigation_with_keys": True}
man_pages = [("commands", "patrolplan", "rosters for places guarded day and night", author, 1)]
