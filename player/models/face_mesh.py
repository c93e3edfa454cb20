"""What the mirror sees a face with: one package of others, brought by the npm client, checked, kept.

    python -m player.models.face_mesh [FOLDER]    # what `make mirror` does; FOLDER instead of the data folder

Neither the repository nor the wheel carries it. One version is pinned, that works without a GPU: the archive
by the registry's integrity hash, each file by its SHA-256, so that what is served is what was looked at.
"""

import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from player.errors import BackendUnavailable, NetworkError, PlayerError, StoreError
from player.files import paths
from player.models.checksum import sha256_of

VERSION = "0.4.1633559619"
_PACKAGE = f"@mediapipe/face_mesh@{VERSION}"
_SHA512 = "Vc8cdjxS5+O2gnjWH9KncYpUCVXT0h714KlWAsyqJvJbIgUJBqpppbIx8yWcAzBDxm/5cYSuBI5p5ySIPxzcEg=="
_PATIENCE_S = 600
_MAIN = "face_mesh_solution_"
FILES = {
    "face_mesh.binarypb": "139546bf05aebb33e2611b6b945f3a1629c316ca924e33cec1547c85ddef9f53",
    "face_mesh.js": "5db8555ac80ca2ad7366fbb3ea53c0d0959609fc9abb7b8be37a74ec1ac4ba9c",
    f"{_MAIN}packed_assets.data": "dbe5905c582c0462cdaea17e7e6ecea92edaa8cccc515c5e2e7291f2cbb5fb99",
    f"{_MAIN}packed_assets_loader.js": "e5de8685b299184813f7cec668e499023937ae521b70f60cd0fc4832930446e0",
    f"{_MAIN}simd_wasm_bin.data": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    f"{_MAIN}simd_wasm_bin.js": "ca291877afb9c13308cf6be42f23cd39f1adf0036bb63ecad2ce16073bcf07c7",
    f"{_MAIN}simd_wasm_bin.wasm": "fb9e9cfe8b83a914e40eab2efd3b0d92a61f82a7c968589f223ab2a7e331d314",
    f"{_MAIN}wasm_bin.js": "0a532ae8450e7e5f2788cc92ad190210f721446d3fd9cb259fdda958e66102c1",
    f"{_MAIN}wasm_bin.wasm": "54522fa25c505bf094242f969b4e4919125eb0dadccb568f2af171bbd65865f9",
    "package.json": "e279c3b6774049f9f3147e5e2a47998a6114774c2ba6fa7a323f8fd505bd8109",
}
NOTICE = f"""MediaPipe Face Mesh {VERSION} (npm: @mediapipe/face_mesh), by Google, unchanged, under the
Apache License 2.0 (https://www.apache.org/licenses/LICENSE-2.0). The mirror finds a face with it, here alone.
"""


def folder() -> Path:
    """Return where it is kept for the user, there or not. Raises `StoreError`."""
    return paths.data() / "face_mesh"


def here(place: Path | None = None) -> Path | None:
    """Return its folder when every file is there and is the one that is meant. Raises `StoreError`."""
    place = place or folder()
    return place if all(_sum(place / name) == wanted for name, wanted in FILES.items()) else None


def bring(place: Path | None = None) -> Path:
    """Bring it into its folder, unless it is there, and return that.

    Raises `BackendUnavailable` without npm, `NetworkError`, and `StoreError`.
    """
    place = place or folder()
    if here(place):
        return place
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as work:
            _unpack(packed(_PACKAGE, _SHA512, Path(work)), place)
    except OSError as error:
        raise StoreError(f"{place}: {error.strerror or error}", "free some space, then try again") from error
    if not here(place):
        raise NetworkError(
            f"{_PACKAGE}: its files are not those that are meant", "tell us: this is a fault of ours"
        )
    return place


def packed(package: str, sha512: str, work: Path) -> Path:
    """Return the archive of a package and version in `work`, checked by its SHA-512 in base64.

    The npm client fetches it from the registry that is set. Raises `BackendUnavailable` and `NetworkError`.
    """
    command = ["npm", "pack", package, "--silent", "--ignore-scripts", "--pack-destination", str(work)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE_S, cwd=work)
    except FileNotFoundError as error:
        raise BackendUnavailable(
            "`npm` is not here, and it brings what the mirror needs", "install npm"
        ) from error
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = (error.stderr or b"").decode(errors="replace").strip().rpartition("\n")[2]
        raise NetworkError(
            f"{package}: npm could not fetch it: {said or error}", "try again later"
        ) from error
    (archive,) = work.glob("*.tgz")
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != sha512:
        raise NetworkError(f"{package}: the archive is not the one that is meant", "nothing was kept of it")
    return archive


def _unpack(archive: Path, place: Path) -> None:
    place.mkdir(mode=0o700, exist_ok=True)
    with tarfile.open(archive) as packed:
        for name in FILES:
            inside = packed.extractfile(f"package/{name}")
            (place / name).write_bytes(inside.read() if inside else b"")
    (place / "NOTICE").write_text(NOTICE, encoding="utf-8")


def _sum(file: Path) -> str:
    try:
        return sha256_of(file)
    except OSError:
        return ""


def main(arguments: list[str]) -> int:
    """Bring it and say so; return the exit code."""
    try:
        place = bring(Path(arguments[0]).resolve() if arguments else None)
    except PlayerError as error:
        sys.stderr.write(f"{error}\n  {error.hint}\n")
        return error.exit_code
    sys.stdout.write(f"{NOTICE}It is here: {place}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
