"""The words of ldconsole that ldfleet knows: a closed set, for who counts by them."""

WORDS = (
    *("(bare)", "list2", "list3", "list", "runninglist", "isrunning"),
    *("add", "copy", "remove", "rename", "modify"),
    *("launch", "launchex", "quit", "quitall", "reboot"),
    *("globalsetting", "locate", "getprop", "setprop", "downcpu"),
    *("adb", "installapp", "uninstallapp", "runapp", "killapp"),
    *("backup", "restore", "backupapp", "restoreapp"),
    *("action", "scan", "push", "pull"),
    *("sortWnd", "zoomIn", "zoomOut", "rock"),
    *("operatelist", "operateinfo", "operaterecord"),
)
"""Every `name` that a command can have (commands.py)."""
LOOKS = ("screenshot", "apps", "input")
"""What is looked at in a running Android, beside all operations."""
