"""One document once: its other names, its older versions, and its copies at other publishers.

Knows nothing of files, feeds, vectors or questions. What its tables hold goes when its document does.
"""
