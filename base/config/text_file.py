"""A text file that a person wrote (YAML, CSV), read as UTF-8; whatever keeps it from being read is one sentence with file, line and remedy."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from base.errors import ConfigError

#: Far above any configuration; a larger file was put there by mistake, and would only slow every command down.
LARGEST_BYTES = 20 * 1024 * 1024
#: Unicode's control characters, without tab and line ends; and halves of characters, which no text can hold.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SAVE = "Save it as UTF-8 (in Excel: 'CSV UTF-8')."


def read_text(path: Path) -> str:
    """The file's text without a byte order mark. Raises ConfigError."""
    data = _bytes(path)
    if data.startswith(_UTF16) or _is_utf16(data):
        raise ConfigError(f"{path}:1: not UTF-8 but UTF-16", remedy=_SAVE)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8", remedy=_SAVE) from error
    if found := CONTROLS.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise ConfigError(f"{path}:{line}: holds a control character (code {ord(found[0])})", remedy="Remove it, or write the file anew.")
    return text


def is_there(path: Path) -> bool:
    """Whether something has this name, if only a link to nothing: then it is read, and what is wrong with it is an error."""
    try:
        return path.is_symlink() or path.exists()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror})", remedy="Check its name and its permissions.") from error


def _bytes(path: Path) -> bytes:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            what = "a folder" if stat.S_ISDIR(found.st_mode) else "no regular file"
            raise ConfigError(f"{path} is {what}", remedy="Put a text file there, or remove it.")
        if found.st_size > LARGEST_BYTES:
            most = LARGEST_BYTES // 1024**2
            raise ConfigError(f"{path} is larger than {most} MB", remedy="A configuration file is smaller; check that it is the right one.")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(f"{path} is a link to a file that does not exist", remedy="Correct the link, or remove it.") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror})", remedy="Check its permissions.") from error


def _is_utf16(data: bytes) -> bool:
    """UTF-16 without its mark: most of its first characters are ASCII, so every second byte is zero."""
    start = data[:200]
    return len(start) >= 4 and any(start[offset::2].count(0) > len(start) // 4 for offset in (0, 1)) and b"\0\0" not in start
