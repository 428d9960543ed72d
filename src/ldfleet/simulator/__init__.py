"""Simulated workstations: LDPlayer PCs that speak real WinRM, and misbehave on demand."""
