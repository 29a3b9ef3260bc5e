"""`python -m bot` is `footnote`. Knows nothing else."""

from bot.cli import main

main()
