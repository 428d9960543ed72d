"""What ldconsole and its files speak: bytes in, values out, no I/O (ldconsole.md)."""
