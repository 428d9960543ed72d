"""LDPlayer on a simulated machine, as ldconsole.md tells it."""
