from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from casereview.errors import StoreError
from casereview.store.place import (
    network_drive,
    refuse_remote,
    sync_folder,
    unwise,
)

MOUNTS = r"""
/dev/sda1 / ext4 rw,relatime 0 0
tmpfs /srv tmpfs rw 0 0
server:/export /home/shared nfs4 rw,vers=4.2 0 0
/dev/sdb1 /home/shared/local xfs rw 0 0
//server/team /mnt/team\040files cifs rw,username=x 0 0
me@host:/ /mnt/ssh fuse.sshfs rw 0 0
/dev/fuse /mnt/own fuse.gocryptfs rw 0 0
C:\134 /mnt/c 9p rw,noatime,aname=drvfs;path=C:\;uid=1000,trans=fd 0 0
none /sandbox 9p rw,trans=fd 0 0
far /mnt/plan 9p rw,trans=tcp,port=564 0 0
gluster /mnt/g glusterfs rw 0 0
cloud /mnt/cloud fuse.rclone rw 0 0
/dev/sdc1 /mnt/hidden ext4 rw 0 0
host:/x /mnt/hidden nfs rw 0 0
odd line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/team.db", None),
        ("/srv/team.db", None),
        ("/home/me/team.db", None),
        ("/home/shared/team.db", "nfs4"),
        ("/home/sharedness/team.db", None),
        ("/home/shared/local/team.db", None),
        ("/mnt/team files/a/team.db", "cifs"),
        ("/mnt/ssh/team.db", "fuse.sshfs"),
        ("/mnt/own/team.db", None),
        ("/mnt/c/Users/me/team.db", "9p"),
        ("/sandbox/team.db", None),
        ("/mnt/plan/team.db", "9p"),
        ("/mnt/g/team.db", "glusterfs"),
        ("/mnt/cloud/team.db", "fuse.rclone"),
        ("/mnt/hidden/team.db", "nfs"),
    ],
)
def test_a_network_drive_is_known_by_its_mount(path: str, kind: str | None) -> None:
    assert network_drive(PurePosixPath(path), MOUNTS) == kind
    assert network_drive(PurePosixPath(path), "") is None


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (r"\\server\share\team.db", "network share"),
        (r"\\?\C:\team.db", None),
        (r"C:\Users\me\team.db", None),
    ],
)
def test_a_windows_share_is_known_by_its_name(path: str, kind: str | None) -> None:
    assert network_drive(PureWindowsPath(path), "") == kind


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("/home/me/Dropbox/team.db", "Dropbox"),
        ("/home/me/Dropbox (Ward)/a/team.db", "Dropbox (Ward)"),
        ("/home/me/OneDrive - Example Trust/team.db", "OneDrive - Example Trust"),
        ("/Users/me/Library/CloudStorage/x/team.db", "CloudStorage"),
        ("/Users/me/Library/Mobile Documents/team.db", "Mobile Documents"),
        ("/home/me/dropbox-notes/team.db", None),
        ("/home/me/Documents/dropbox", None),
    ],
)
def test_a_synchronised_folder_is_known_by_its_name(path: str, folder: str | None) -> None:
    assert sync_folder(PurePosixPath(path)) == folder


@pytest.mark.parametrize("mark", [".stfolder", ".dropbox.cache", ".nextcloudsync.log"])
def test_a_synchronised_folder_is_known_by_what_its_program_left(tmp_path: Path, mark: str) -> None:
    (tmp_path / mark).mkdir()
    inside = tmp_path / "a" / "team.db"
    inside.parent.mkdir()
    with pytest.raises(StoreError, match="synchronised folder") as caught:
        refuse_remote(inside)
    assert caught.value.code == "store_synchronised"


def test_a_link_to_a_synchronised_folder_does_not_hide_it(tmp_path: Path) -> None:
    real = tmp_path / "Nextcloud"
    real.mkdir()
    (tmp_path / "plain").symlink_to(real)
    with pytest.raises(StoreError, match="'Nextcloud'"):
        refuse_remote(tmp_path / "plain" / "team.db")


def test_a_plain_folder_is_fine(tmp_path: Path) -> None:
    refuse_remote(tmp_path / "team.db")


def test_loose_permissions_and_second_names_are_warned_of(tmp_path: Path) -> None:
    file = tmp_path / "team.db"
    file.touch(mode=0o600)
    assert unwise(file) == []
    file.chmod(0o644)
    (tmp_path / "again.db").hardlink_to(file)
    tmp_path.chmod(0o777)
    assert len(unwise(file)) == 3
