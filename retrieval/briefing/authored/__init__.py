"""Stories in a model's words: ordered once for all their readers, checked, laid out and kept with their cost.

Knows nothing of which stories are chosen, or of what is shown where nothing was written.
"""
