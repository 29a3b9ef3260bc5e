"""What readers were told and later sources correct or contradict: noticed, and said with both sources.

Knows nothing of who reads an edition, or of how a correction reaches them.
"""
