"""Keeps seats on disk, so that a program runs offline to its token's end, and what must not go back."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Callable, Optional

from ._clock import wall
from .errors import BundleCorruptedError, ClockSetBackError, NoBundleError, StorageError

CLOCK_TOLERANCE = 120.0
"""Seconds by which a clock may go back unnoticed, as time servers set it."""

_VERSION = 1
# A second in all.
_NAPS = (0.01, 0.04, 0.15, 0.3, 0.5)
_YEAR_10000 = 253402300800
_MAX_FILE = 16 * 1024 * 1024
_SUFFIX = ".seat.json"
_BORROWED_SUFFIX = ".borrowed" + _SUFFIX


@dataclass(frozen=True)
class Bundle:
    """All that proves a seat without a network.

    Attributes:
        url: Where it was acquired.
        instance: Which program of the machine it is for.
        session_id: The session, to go on with it or to release it.
        signed_token: The seat.
        key_statement: What certifies the token's key; None where the seat is borrowed, and its token needs nothing.
        revocation_list: The last list that was seen, with its own statement; both None where there was none.
        license_expires_at: The end of the licence itself, as the server told it last, in seconds since 1970. Nothing
            proves it: it is for people, and decides nothing.
    """

    url: str
    session_id: str
    pool: str
    product: str
    signed_token: str = field(repr=False)
    key_statement: Optional[str] = field(repr=False)
    instance: Optional[str] = None
    revocation_list: Optional[str] = field(default=None, repr=False)
    revocation_statement: Optional[str] = field(default=None, repr=False)
    license_expires_at: Optional[float] = None
    version: int = _VERSION

    @property
    def is_borrowed(self) -> bool:
        """Whether the seat is borrowed for days."""
        return self.key_statement is None


_TEXTS = ("url", "session_id", "pool", "product", "signed_token")
_MAYBE = ("key_statement", "instance", "revocation_list", "revocation_statement")


def read_bundle(file: Path) -> Bundle:
    """Reads a bundle.

    Raises:
        NoBundleError: There is no such file.
        BundleCorruptedError: It is none.
        StorageError: It cannot be read.
    """
    members = _read(file)
    known = {name: members.get(name) for name in (*_TEXTS, *_MAYBE)}
    license_end = members.get("license_expires_at")
    sound = (
        members.get("version") == _VERSION
        and all(isinstance(known[name], str) for name in _TEXTS)
        and all(known[name] is None or isinstance(known[name], str) for name in _MAYBE)
        and (license_end is None or 0 < _number(license_end) < _YEAR_10000)
    )
    if not sound:
        raise _corrupted(file, "it is no stored seat, or one of another version")
    return Bundle(**known, license_expires_at=license_end)  # type: ignore[arg-type]


class Store:
    """A folder of bundles, for its owner only. On Windows that is what the folder above allows: by default, the user's.

    Args:
        folder: Is made when something is stored.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, identity: str, *, borrowed: bool = False) -> Path:
        """Where the bundle of a holder is; a borrowed seat's is beside that of the one it keeps by heartbeats."""
        return self.folder / (identity[:40] + (_BORROWED_SUFFIX if borrowed else _SUFFIX))

    def load(self, identity: str, *, borrowed: bool = False) -> Bundle:
        """Reads the bundle of a holder.

        Raises:
            NoBundleError: Nothing is stored for it.
            BundleCorruptedError: It cannot be understood.
            StorageError: It cannot be read.
        """
        return read_bundle(self.file(identity, borrowed=borrowed))

    def save(self, identity: str, bundle: Bundle) -> None:
        """Replaces the bundle of a holder at once, so that no reader sees half of it.

        Raises:
            StorageError: The folder cannot be written.
        """
        self._write(self.file(identity, borrowed=bundle.is_borrowed), asdict(bundle))

    def delete(self, identity: str, *, borrowed: bool = False) -> None:
        """Forgets the bundle of a holder; nothing happens where there is none."""
        try:
            _patiently(self.file(identity, borrowed=borrowed).unlink)
        except FileNotFoundError:
            pass
        except OSError as e:
            raise self._cannot("deleted from", e) from None

    def all(self) -> list[tuple[Path, Bundle]]:
        """Every bundle, those that cannot be understood left out."""
        found = []
        for file in sorted(self.folder.glob("*" + _SUFFIX)) if self.folder.is_dir() else ():
            with contextlib.suppress(BundleCorruptedError, NoBundleError):
                found.append((file, read_bundle(file)))
        return found

    def require_clock(self, now: Optional[float] = None) -> None:
        """Refuses a clock that was set back, since an ended token would begin to hold again.

        Raises:
            ClockSetBackError: A later time was seen before.
            StorageError: What was seen cannot be read.
        """
        latest = self._seen().get("latest", 0)
        now = wall() if now is None else now
        if isinstance(latest, (int, float)) and now < latest - CLOCK_TOLERANCE:
            raise ClockSetBackError(
                f"the clock is {latest - now:.0f} s before a time that it has shown: set it right, or acquire online"
            )

    def sequence(self, tenant: str) -> int:
        """The highest sequence of the tenant's revocation lists that was seen, or 0."""
        sequences = self._seen().get("sequences")
        seen = sequences.get(tenant, 0) if isinstance(sequences, dict) else 0
        return seen if isinstance(seen, int) else 0

    def saw(self, now: float, tenant: str, sequence: int = 0) -> None:
        """Keeps the latest time and the highest sequence.

        Raises:
            StorageError: The folder cannot be written.
        """
        self._keep(max(now, _number(self._seen().get("latest"))), tenant, sequence)

    def learned_time(self, now: float, tenant: str) -> None:
        """Keeps the time that the server has just signed, also where this machine has shown a later one before.

        Else a clock that was wrong once would keep the machine from running offline until that time has come.

        Raises:
            StorageError: The folder cannot be written.
        """
        self._keep(now, tenant, 0)

    def _keep(self, latest: float, tenant: str, sequence: int) -> None:
        kept = self._seen().get("sequences")
        sequences = dict(kept) if isinstance(kept, dict) else {}
        sequences[tenant] = max(sequence, int(_number(sequences.get(tenant))))
        self._write(self._seen_file, {"version": _VERSION, "latest": latest, "sequences": sequences})

    def require_writable(self) -> None:
        """Tries whether something can be stored.

        Raises:
            StorageError: It cannot; says where, and what to do.
        """
        try:
            self._make_folder()
            descriptor, name = tempfile.mkstemp(dir=self.folder)
            os.close(descriptor)
            Path(name).unlink()
        except OSError as e:
            raise self._cannot("written to", e) from None

    @property
    def _seen_file(self) -> Path:
        return self.folder / "seen.json"

    def _seen(self) -> Mapping[str, Any]:
        try:
            return _read(self._seen_file)
        except NoBundleError:
            return {}

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _write(self, file: Path, members: Mapping[str, Any]) -> None:
        try:
            self._make_folder()
            # Readable by its owner only, from the first byte on.
            descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".new-")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                    json.dump(members, out)
                    out.flush()
                    os.fsync(out.fileno())
                _patiently(lambda: Path(name).replace(file))
            except BaseException:
                Path(name).unlink()
                raise
        except OSError as e:
            raise self._cannot("written to", e) from None

    def _cannot(self, what: str, error: OSError) -> StorageError:
        return StorageError(
            f"{self.folder} cannot be {what} ({error.strerror}): set state_dir, CODITECT_LICENSE_STATE_DIR, to a folder"
            " that this user may write to"
        )


def _patiently(change: Callable[[], object]) -> None:
    """Changes a file's name, or deletes it.

    Windows refuses that for as long as somebody has the file open: another program that looks for a seat, or a scanner.
    """
    for nap in _NAPS if sys.platform == "win32" else ():
        try:
            change()
        except PermissionError:
            time.sleep(nap)
        else:
            return
    change()


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as content:
            data = content.read(_MAX_FILE + 1)
    except FileNotFoundError:
        raise NoBundleError(f"no seat is stored as {file}: acquire one online first") from None
    except OSError as e:
        raise StorageError(f"{file} cannot be read ({e.strerror}): check whose it is, and state_dir") from None
    try:
        members = json.loads(data[:_MAX_FILE].decode("utf-8"))
    except (ValueError, RecursionError):
        raise _corrupted(file, "it is not JSON") from None
    if not isinstance(members, dict):
        raise _corrupted(file, "it is no JSON object")
    return members


def _corrupted(file: Path, why: str) -> BundleCorruptedError:
    return BundleCorruptedError(f"{file} is damaged ({why}): delete it, and acquire a seat online")


def _number(value: Any) -> float:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0
