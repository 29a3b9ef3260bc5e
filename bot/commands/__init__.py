"""The commands of `footnote`, by topic: each makes one call and prints the result. Knows nothing of how."""
