"""The slow verbs: what is done on a workstation, one module each. Every step may run twice."""
