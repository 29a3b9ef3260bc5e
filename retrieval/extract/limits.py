"""The bounds within which a file is read, and how it is said that one was passed. Knows nothing else."""

from __future__ import annotations

MAX_BYTES = 20 * 1024 * 1024  # of a file: also the most that Telegram hands to a bot
MEMORY = 1024 * 1024 * 1024  # bytes of a parser process
CPU_SECONDS = 30  # of processor time for one file
FEED_CPU_SECONDS = 5  # of processor time for one feed, list or page of links
WALL_SECONDS = 60  # by the clock for one file, on a machine that does other things too
MAX_ANSWER = 64 * 1024 * 1024  # bytes that a parser may answer with

TOO_LARGE = f"is larger than {MAX_BYTES // 2**20} MB; split it into parts"
TOO_SLOW = "takes too long to read and was given up; save it in a simpler form"
TOO_MUCH_MEMORY = "needs too much memory to read and was given up; save it in a simpler form"
CRASHED = "is damaged in a way that crashes its parser; get a fresh copy and add that"
