"""The SSH server of a simulated workstation: OpenSSH for Windows, as far as clients see it."""
