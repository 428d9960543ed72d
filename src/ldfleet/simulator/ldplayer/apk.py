"""What the simulated Android reads of the files it is to install."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from apk_info import APK, APKError

from ldfleet.simulator.files import FileSystem
from ldfleet.simulator.ldplayer.guest import Guest

_SDK = "ro.build.version.sdk"


class Refused(Exception):
    """Android's own word for why."""


@dataclass(frozen=True, slots=True)
class Package:
    name: str
    version: str
    code: int = 0
    min_sdk: int = 1
    split: str = ""


def install(guest: Guest, packages: Sequence[Package]) -> None:
    """Install one app from its file, or from its base and splits. Raises Refused."""
    bases = [each for each in packages if not each.split]
    if len(bases) != 1 or len({(each.name, each.code) for each in packages}) != 1:
        raise Refused("INSTALL_FAILED_INVALID_APK")
    base = bases[0]
    if base.min_sdk > int(guest.props.get(_SDK, "28")):
        raise Refused("INSTALL_FAILED_OLDER_SDK")
    if base.code and base.code < guest.codes.get(base.name, 0):
        raise Refused("INSTALL_FAILED_VERSION_DOWNGRADE")
    guest.install(base.name, base.version, code=base.code)


def of_file(path: str, files: FileSystem) -> Package:
    """The file's own words; of one without any, its name: `com.example.game-1.2.apk`."""
    content = files.read(path)
    if b"AndroidManifest.xml" in content:
        return read(content)
    name = path.replace("/", "\\").rpartition("\\")[2].removesuffix(".apk")
    package, _, version = name.partition("-")
    return Package(package, version or "1.0")


def read(content: bytes) -> Package:
    """Raises Refused."""
    with tempfile.NamedTemporaryFile(suffix=".apk") as file:
        file.write(content)
        file.flush()
        try:
            apk = APK(file.name)
        except APKError as error:
            raise Refused("INSTALL_PARSE_FAILED_NOT_APK") from error
        return Package(
            name=apk.get_package_name() or "",
            version=apk.get_version_name() or "",
            code=int(apk.get_version_code() or 0),
            min_sdk=int(apk.get_min_sdk_version() or 1),
            split=apk.get_attribute_value("manifest", "split") or "",
        )
