"""Reads what people send, makes one call for it and answers. Knows nothing of how answers are found.

``desk`` is what every handler works with. ``access`` decides first whether somebody is heard at all.
"""
