"""Check which paths a commit may write.

``git fast-import`` accepts ``.git/hooks/x`` and ``../x``, so every path is checked here first. The rules are a strict
version of those of ``git fsck``, including the spellings that Windows and macOS read as ``.git``.
"""

from __future__ import annotations

import re
import unicodedata

MAX_SEGMENT = 255
MAX_PATH = 1024

#: The deepest nesting of folders: finding a file takes time for each of them.
MAX_FOLDERS = 128

# Code points that HFS+ ignores in names, so that ".g\u200cit" is ".git" there.
_HFS_IGNORED = dict.fromkeys([*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF], None)
# Names of files that git reads, and their short names on Windows; as a folder, each makes `git fsck` reject the commit.
_FILE_OF_GIT = re.compile(r"(\.git(modules|attributes)|git(mod|att)~\d|gi7eba~\d|gi7d29~\d)[ .]*(:.*)?", re.IGNORECASE)
# Device names reserved by Windows, with any extension; the digits include superscripts.
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])[ ]*(\..*)?", re.IGNORECASE)
_NTFS_GIT = re.compile(r"(\.git|git~\d+)[ .]*(:.*)?", re.IGNORECASE)


def is_file_of_git(path: str) -> bool:
    """Return whether some system reads the last part of this path as ``.gitmodules`` or ``.gitattributes``."""
    name = path.rsplit("/", 1)[-1].translate(_HFS_IGNORED)
    return any(_FILE_OF_GIT.fullmatch(part) for part in name.split("\\"))


def path_problem(path: str, *, portable: bool = True) -> str | None:
    """Return a message that says why this path cannot be committed, or None when it can.

    Args:
        path: relative to the repository.
        portable: whether to reject valid names that Windows does not allow.
    """
    if not path:
        return "A file needs a name."
    try:
        encoded = path.encode()
    except UnicodeEncodeError:
        return f"The file name {path!r} is not valid Unicode."
    if len(encoded) > MAX_PATH:
        return f"The file name is {len(encoded)} bytes long; at most {MAX_PATH} are allowed."
    if any(unicodedata.category(character) == "Cc" for character in path):
        return f"The file name {path!r} contains a control character."
    # A backslash is an ordinary character for git, and huggingface.co accepts it except in a path that Windows would
    # read as leaving the repository. Windows treats it as a folder separator, so the parts must be valid names too.
    if "\\" in path and path.split("\\")[0] in ("", ".", ".."):
        return f"The file name {path!r} leaves the repository on Windows; folders are separated by /."
    if portable and any("\\" in segment and {"", ".", ".."} & set(segment.split("\\")) for segment in path.split("/")):
        return f"The file name {path!r} leaves its folder on Windows; folders are separated by /."
    *folders, __ = segments = path.split("/")
    if len(folders) > MAX_FOLDERS:
        return f"The file name {path[:100]!r}… has {len(folders)} folders; at most {MAX_FOLDERS} are allowed."
    for folder in folders:
        if _FILE_OF_GIT.fullmatch(folder.translate(_HFS_IGNORED)):
            return f"The folder name {folder!r} in {path!r} is reserved for a file that git reads."
    for segment in segments:
        if segment in ("", ".", ".."):
            return f"The file name {path!r} contains an empty segment, '.' or '..'; give it relative to the repository."
        if len(segment.encode()) > MAX_SEGMENT:
            return f"A part of the file name {path!r} is longer than {MAX_SEGMENT} bytes."
        if any(_NTFS_GIT.fullmatch(part) for part in segment.translate(_HFS_IGNORED).split("\\")):
            return f"The file name {path!r} has a part that is reserved for git (.git)."
        for part in segment.split("\\") if portable else ():
            if _DEVICE.fullmatch(part):
                return f"The file name {path!r} has a part that is a device on Windows ({part}); choose another name."
            if part.endswith((" ", ".")):
                return f"The file name {path!r} has a part that ends with a dot or a space, which Windows removes."
            if ":" in part:
                return f"The file name {path!r} contains a colon, which Windows does not allow."
    return None
