"""Fleet manager for LDPlayer Android emulators spread over many Windows PCs."""

__version__ = "0.1.0"
