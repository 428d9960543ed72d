"""The files of one installation under `vms` (ldconsole.md 3.1)."""

import random

from ldfleet.simulator.files import FileSystem, NoSpace
from ldfleet.simulator.ldplayer import configs
from ldfleet.simulator.ldplayer.configs import Document, Summary

DATA_BYTES = 2_700_000_000  # ~3 GB an emulator (ldconsole.md 7)
SDCARD_BYTES = 300_000_000


class Storage:
    """Config files and disks, by index. The files are the truth: whoever edits them is heard."""

    def __init__(self, files: FileSystem, vms: str, rng: random.Random) -> None:
        self.files = files
        self.vms = vms
        self._rng = rng
        self._summaries: dict[int, tuple[bytes, Summary]] = {}

    def config_path(self, index: int) -> str:
        return f"{self.vms}\\config\\leidian{index}.config"

    def folder(self, index: int) -> str:
        return f"{self.vms}\\leidian{index}"

    def content(self, index: int) -> bytes:
        """The config file's bytes; nothing when it is missing or refused."""
        try:
            return self.files.read(self.config_path(index))
        except OSError:
            return b""

    def summary(self, index: int) -> Summary:
        content = self.content(index)
        known = self._summaries.get(index)
        if known is None or known[0] is not content:
            known = (content, configs.summary(content))
            self._summaries[index] = known
        return known[1]

    def document(self, index: int) -> Document:
        """The settings; a damaged file counts as an empty one."""
        return configs.parse(self.content(index)) or {}

    def write(self, index: int, document: Document) -> None:
        """Raises NoSpace or PermissionError as the drive says."""
        self.files.write(self.config_path(index), configs.render(document))

    def edit(self, index: int, changes: Document) -> None:
        self.write(index, self.document(index) | changes)

    def create(self, index: int, document: Document, *, size: int | None = None) -> bool:
        """Make an emulator's files; False, and nothing left, when the drive is full."""
        folder = self.folder(index)
        data = size if size is not None else int(DATA_BYTES * self._rng.uniform(0.9, 1.2))
        try:
            self.files.write(f"{folder}\\data.vmdk", b"", size=data)
            self.files.write(f"{folder}\\sdcard.vmdk", b"", size=SDCARD_BYTES)
            self.write(index, document)
        except (NoSpace, PermissionError):
            self.remove(index)
            return False
        return True

    def remove(self, index: int, *, keep_folder: bool = False) -> None:
        self._summaries.pop(index, None)
        try:
            self.files.remove(self.config_path(index))
            if not keep_folder:
                self.files.remove(self.folder(index))
        except PermissionError:
            return

    def truncate(self, index: int) -> None:
        """What a kill of dnplayer leaves while it writes the file."""
        content = self.content(index)
        if len(content) > configs.TRUNCATED_BYTES:
            self.files.write(self.config_path(index), content[: configs.TRUNCATED_BYTES])

    def start_vm(self, index: int, document: Document) -> None:
        """Write what the VM writes when it comes up."""
        vm = f"{{20160302-aaaa-aaaa-0eee-{index:012x}}}"
        cpus = document.get("advancedSettings.cpuCount", 6)
        memory = document.get("advancedSettings.memorySize", 6144)
        mac = document.get("propertySettings.macAddress", "00DB00000000")
        text = (
            '<?xml version="1.0"?>\n<VirtualBox xmlns="http://www.virtualbox.org/" '
            f'version="1.15-windows">\n  <Machine uuid="{vm}" name="leidian{index}">\n'
            f'    <Hardware>\n      <CPU count="{cpus}"/>\n      <Memory RAMSize="{memory}"/>\n'
            f'      <Adapter slot="0" enabled="true" MACAddress="{mac}"/>\n'
            "    </Hardware>\n  </Machine>\n</VirtualBox>\n"
        )
        folder = self.folder(index)
        try:
            self.files.write(f"{folder}\\leidian.vbox", text.encode())
            self.files.write(f"{folder}\\player_life", b"")
            self.files.write(f"{folder}\\Logs\\VBox.log", b"VirtualBox VM starting\n")
        except OSError:
            return
