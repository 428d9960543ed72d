"""The network half of a simulated workstation: WinRM as Windows speaks it."""
