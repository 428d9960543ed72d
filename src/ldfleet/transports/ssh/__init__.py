"""Reaching a workstation over SSH."""
