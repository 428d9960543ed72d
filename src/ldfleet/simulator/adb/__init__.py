"""ADB as real programs speak it: the server of a workstation, the adbd of an emulator."""
