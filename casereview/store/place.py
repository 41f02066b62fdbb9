"""Where a store may live: a plain local file, never a network drive or a synchronised folder."""

from __future__ import annotations

import errno
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath

from casereview.errors import StoreError, StoreExists, StoreRefused
from casereview.store.faults import full, not_a_store, read_only

# fmt: off
NETWORK_TYPES = frozenset((
    "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "gfs2", "glusterfs", "gpfs", "lustre",
    "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "prl_fs", "pvfs2", "smb2", "smb3", "smbfs",
    "vboxsf", "vmhgfs",
))
NETWORK_FUSE = frozenset((
    "ceph", "cephfs", "davfs", "davfs2", "dropbox", "gcsfuse", "glusterfs", "goofys",
    "google-drive-ocamlfuse", "onedriver", "rclone", "s3fs", "smbnetfs", "sshfs", "vmhgfs-fuse",
))
# fmt: on
"""File systems whose locks do not reach other computers, or whose copies run behind."""

SYNC_FOLDERS = (
    "box sync",
    "cloudstorage",
    "dropbox",
    "google drive",
    "googledrive",
    "icloud drive",
    "icloudrive",
    "megasync",
    "mobile documents",
    "nextcloud",
    "onedrive",
    "owncloud",
    "pclouddrive",
)
SYNC_MARKS = (".dropbox", ".dropbox.cache", ".nextcloudsync.log", ".owncloudsync.log", ".stfolder")
"""Names that synchronising programs give to, or leave in, the folders they copy."""
_SYNC_STARTS = tuple(f"{word}{more}" for word in SYNC_FOLDERS for more in (" -", " ("))

BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file; it belongs to the file and moves with it."""

_HEADER = b"SQLite format 3\x00"
_DRIVE_REMOTE = 4


@dataclass(frozen=True, slots=True)
class Mount:
    """One mounted file system: where, of what type, with which options."""

    at: PurePath
    kind: str
    options: tuple[str, ...] = ()


def parse_mounts(text: str) -> list[Mount]:
    """Read the lines of /proc/mounts; later lines hide earlier ones. Odd lines are skipped."""
    mounts = []
    for line in text.splitlines():
        parts = line.split()
        if len(parts) < 4:
            continue
        # Source: fstab(5): blanks, tabs, newlines and backslashes are three octal digits.
        at = parts[1]
        for code, character in (("040", " "), ("011", "\t"), ("012", "\n"), ("134", "\\")):
            at = at.replace(f"\\{code}", character)
        mounts.append(Mount(PurePath(at), parts[2].lower(), tuple(parts[3].split(","))))
    return mounts


def _is_remote(mount: Mount) -> bool:
    """Say whether files of this mount are on another computer."""
    if mount.kind == "9p":
        # Plan 9 also carries the root of some containers, where locks are local.
        remote = ("trans=tcp", "trans=rdma")
        return any(o in remote or "aname=drvfs" in o for o in mount.options)
    kind, _, fuse = mount.kind.partition(".")
    return kind in NETWORK_TYPES or (kind.startswith("fuse") and fuse in NETWORK_FUSE)


def network_drive(path: PurePath, mounts: str) -> str | None:
    """Return the type of the network file system that holds a path, None when it is local.

    Args:
        path: absolute, links resolved.
        mounts: the text of /proc/mounts, "" where there is none.
    """
    text = str(path)
    if text.startswith((r"\\", "//")) and not text.startswith(("\\\\?\\", "\\\\.\\")):
        return "network share"
    best: Mount | None = None
    for mount in parse_mounts(mounts):
        inside = path == mount.at or mount.at in path.parents
        if inside and (best is None or len(mount.at.parts) >= len(best.at.parts)):
            best = mount
    return best.kind if best is not None and _is_remote(best) else None


def sync_folder(path: PurePath) -> str | None:
    """Return the name of the cloud-synchronised folder above a path, None when there is none."""
    for folder in path.parents:
        name = folder.name.lower()
        if name in SYNC_FOLDERS or name.startswith(_SYNC_STARTS):
            return folder.name
    return None


def _marked_folder(path: Path) -> str | None:
    """Return the name of a folder above a path in which a synchronising program left its mark."""
    for folder in path.parents:
        # A home folder holds such programs' settings without being synchronised itself.
        if folder != Path.home() and any((folder / mark).exists() for mark in SYNC_MARKS):
            return folder.name or str(folder)
    return None


def _mounts_text() -> str:
    """Return the text of /proc/mounts, "" where the system has none."""
    try:
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""


def _remote_letter(path: Path) -> bool:
    """Say whether a Windows drive letter stands for a share."""
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == _DRIVE_REMOTE)
    return False


def refuse_remote(path: Path) -> None:
    """Refuse a place where another computer's locks are not seen or copies run behind.

    Raises:
        StoreError: the folder is on a network drive or is synchronised.
    """
    real = path.parent.resolve() / path.name
    kind = network_drive(real, _mounts_text()) or (
        "network drive" if _remote_letter(real) else None
    )
    if kind is not None:
        raise StoreRefused(
            f"{path} is on a network drive ({kind}), where two people's writing can damage it.",
            code="store_network",
            next="Use a folder on this computer's own disk, or a PostgreSQL address.",
        )
    folder = sync_folder(real) or _marked_folder(real)
    if folder is not None:
        raise StoreRefused(
            f"{path} is in the synchronised folder {folder!r}, whose copies can damage it.",
            code="store_synchronised",
            next="Use a folder that no program copies in the background; "
            "copy the store with `casereview backup`.",
        )


def refuse_odd(path: Path) -> None:
    """Refuse what cannot be a store before any database library touches it.

    Raises:
        StoreError: missing, a folder, a link, no plain file, empty, or of another format.
    """
    if path.is_symlink():
        raise StoreError(
            f"{path} is a link; a file opened under two names loses its locks.",
            code="store_link",
            next=f"Name the file itself: {path.resolve()}",
        )
    if not path.exists():
        raise StoreError(
            f"There is no store at {path}.",
            code="store_missing",
            next="Make one with `casereview init`, or name another with --store.",
        )
    if path.is_dir():
        raise not_a_store(path, "it is a folder")
    if not stat.S_ISREG(path.stat().st_mode):
        raise not_a_store(path, "it is not a plain file")
    try:
        with path.open("rb") as file:
            head = file.read(len(_HEADER))
    except OSError as error:
        raise StoreError(
            f"{path} cannot be read: {error.strerror}.",
            code="store_unreachable",
            next="Ask the owner of the file for permission.",
        ) from error
    if not head:
        raise not_a_store(path, "the file is empty")
    if head != _HEADER:
        raise not_a_store(path, "the file has another format")


def refuse_unwritable(path: Path) -> None:
    """Refuse to write where the file or its folder only reads.

    Raises:
        StoreError: read-only.
    """
    if not os.access(path.parent, os.W_OK):
        # The journal is a second file in the same folder.
        raise read_only(path, "its folder is read-only")
    if path.exists() and not os.access(path, os.W_OK):
        raise read_only(path, "the file is read-only")


def reading_mode(path: Path) -> str:
    """Return how a store opened only to be read is opened: "ro", or "immutable".

    In a folder that cannot be written SQLite cannot make the index of its log; where no log is
    waiting, the file alone is whole and nothing on this medium changes it.
    """
    waiting = any(path.with_name(path.name + end).exists() for end in BESIDE[:1])
    return "ro" if os.access(path.parent, os.W_OK) or waiting else "immutable"


def new_file(path: Path) -> None:
    """Make an empty file that only its owner may read, and put its name on the disk.

    Raises:
        StoreError: something is there already, the folder is missing or read-only, disk full.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        sync_folder_entry(path.parent)
    except FileExistsError as error:
        raise StoreExists(
            f"There is already something at {path}; nothing was changed.",
            next="Choose another name.",
        ) from error
    except FileNotFoundError as error:
        raise StoreError(
            f"The folder {path.parent} does not exist.",
            code="store_missing",
            next="Make the folder, or choose another.",
        ) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise full(path) from error
        raise read_only(
            path, error.strerror or "the file cannot be made",
            next="Choose a folder that you may write to.",
        ) from error  # fmt: skip


def sync_folder_entry(folder: Path) -> None:
    """Make the names in a folder survive a power cut; a no-op where folders cannot be synced."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unwise(path: Path) -> list[str]:
    """Return what is unwise about a file's place, one sentence each; empty when nothing is."""
    found = []
    facts = path.stat()
    if os.name != "nt":
        if facts.st_mode & 0o077:
            found.append(f"{path} can be read by other users of this computer (chmod 600 it).")
        for folder in (path.parent, *path.parent.parents):
            mode = folder.stat().st_mode
            if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
                found.append(f"Every user of this computer can replace files in {folder}.")
    if facts.st_nlink > 1:
        found.append(f"{path} has a second name (a hard link); opening both damages it.")
    return found
