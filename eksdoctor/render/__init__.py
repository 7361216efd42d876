"""Pages: one report as terminal text, markdown, HTML or JSON."""
