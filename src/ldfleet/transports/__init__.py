"""How bytes reach a workstation; each transport translates its library's errors in one table."""
