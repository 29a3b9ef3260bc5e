"""Measures Footnote beside what an engineer would otherwise assemble. Footnote knows nothing of this."""
