"""The part of the registry that tells where LDPlayer is, and how Windows is set."""

from collections.abc import Mapping

ROOTS = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
}


class Registry:
    """Keys, with values that are strings or numbers; names ignore case and keep it."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[str, dict[str, str | int]]] = {}

    def put(self, key: str, values: Mapping[str, str | int]) -> None:
        """Set values of a key; the keys above it come to be."""
        names = full_name(key).split("\\")
        for length in range(1, len(names) + 1):
            path = "\\".join(names[:length])
            self._keys.setdefault(path.lower(), (path, {}))
        self._keys[full_name(key).lower()][1].update(values)

    def remove(self, key: str) -> None:
        """Remove a key and all below it."""
        path = full_name(key).lower()
        for known in [k for k in self._keys if k == path or k.startswith(path + "\\")]:
            del self._keys[known]

    def get(self, key: str) -> tuple[str, Mapping[str, str | int]] | None:
        """The key's name as stored and its values."""
        return self._keys.get(full_name(key).lower())

    def subkeys(self, key: str, *, deep: bool = False) -> list[str]:
        prefix = full_name(key).lower() + "\\"
        return [
            name
            for path, (name, _) in sorted(self._keys.items())
            if path.startswith(prefix) and (deep or "\\" not in path.removeprefix(prefix))
        ]


def full_name(key: str) -> str:
    root, _, rest = key.strip("\\").partition("\\")
    long = ROOTS.get(root.upper(), root.upper())
    return f"{long}\\{rest}" if rest else long
