"""The HTTP edge: it translates, and nothing else."""
