"""What tells one publication in a directory from the next."""

from pathlib import Path

from feeds.publish.manifest import MANIFEST_NAME


def publication_stamp(root: Path) -> tuple[int, ...] | None:
    """Give what is another with each publication below a root; None where there is none.

    The time of a manifest is that of what it lists, in whole seconds, and a file may get the inode
    of one that is gone: only the time of the last change of its inode tells two apart for sure.
    """
    try:
        status = (root / MANIFEST_NAME).stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_ctime_ns
