"""What things are and what is allowed: frozen values and rules, no I/O."""
