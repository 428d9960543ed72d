"""What may start when, who runs it, and what becomes of it when a runner dies."""
