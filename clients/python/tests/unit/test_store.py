"""What is stored is for its owner only, never half-written, and never goes back."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Callable

import pytest

from coditect_license_client import BundleCorruptedError, ClockSetBackError, NoBundleError, StorageError, read_bundle
from coditect_license_client._store import Bundle, Store

BUNDLE = Bundle("https://x", "session", "pool", "product", "a.b.c", "d.e.f")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "a" / "state")


def test_comes_back_as_it_was(store: Store) -> None:
    store.save("holder", BUNDLE)
    assert store.load("holder") == BUNDLE
    assert [bundle for _, bundle in store.all()] == [BUNDLE]
    ending = Bundle("https://x", "session", "pool", "product", "a.b.c", "d.e.f", license_expires_at=1.8e9)
    store.save("holder", ending)
    assert store.load("holder") == ending
    store.delete("holder")
    store.delete("holder")
    with pytest.raises(NoBundleError, match="acquire one online"):
        store.load("holder")


def open_elsewhere(change: Callable[..., object], times: int) -> Callable[..., object]:
    """As Windows has it: a file that somebody has open can be neither replaced nor deleted."""
    refusals = iter(range(times))

    def changed(*arguments: object) -> object:
        if next(refusals, None) is not None:
            raise PermissionError(13, "Access is denied")
        return change(*arguments)

    return changed


def test_file_that_somebody_has_open_on_windows_is_waited_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save("holder", BUNDLE)
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(Path, "replace", open_elsewhere(Path.replace, 2))
    monkeypatch.setattr(Path, "unlink", open_elsewhere(Path.unlink, 2))
    later = Bundle("https://x", "later", "pool", "product", "a.b.c", "d.e.f")
    store.save("holder", later)
    assert store.load("holder") == later
    store.delete("holder")
    assert list(store.folder.iterdir()) == []


def test_file_that_stays_open_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save("holder", BUNDLE)
    naps: list[float] = []
    monkeypatch.setattr("time.sleep", naps.append)
    monkeypatch.setattr(Path, "replace", open_elsewhere(Path.replace, 1_000))
    for platform, waited in (("linux", 0), ("win32", 1)):
        monkeypatch.setattr("sys.platform", platform)
        with pytest.raises(StorageError, match="Access is denied"):
            store.save("holder", BUNDLE)
        assert sum(naps) == pytest.approx(waited)
    assert len(list(store.folder.iterdir())) == 1


def test_borrowed_seat_is_stored_beside_the_other(store: Store) -> None:
    borrowed = Bundle("https://x", "session", "pool", "product", "a.b.c", None)
    store.save("holder", BUNDLE)
    store.save("holder", borrowed)
    assert store.load("holder") == BUNDLE
    assert store.load("holder", borrowed=True) == borrowed
    assert len(store.all()) == 2
    store.delete("holder", borrowed=True)
    assert [bundle for _, bundle in store.all()] == [BUNDLE]


def test_is_readable_by_its_owner_only(store: Store) -> None:
    store.save("holder", BUNDLE)
    assert stat.S_IMODE(store.file("holder").stat().st_mode) == 0o600
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_writing_that_fails_leaves_the_old_one_and_nothing_else(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save("holder", BUNDLE)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageError, match=r"No space left.*state_dir"):
        store.save("holder", Bundle("https://other", "s", "p", "p", "t", "k"))
    assert store.load("holder") == BUNDLE
    assert len(list(store.folder.iterdir())) == 1


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "\xff", "[" * 100_000, "{}", '{"version": 1}', '{"version": 2, "url": "x"}']
)
def test_damaged_one_is_told(store: Store, text: str) -> None:
    store.save("holder", BUNDLE)
    store.file("holder").write_text(text, encoding="latin-1")
    with pytest.raises(BundleCorruptedError, match="delete it"):
        read_bundle(store.file("holder"))
    assert store.all() == []


def test_damaged_member_is_told(store: Store) -> None:
    store.save("holder", BUNDLE)
    members = json.loads(store.file("holder").read_text())
    for wrong in ({"signed_token": 1}, {"license_expires_at": "soon"}, {"license_expires_at": 1e300}):
        store.file("holder").write_text(json.dumps({**members, **wrong}))
        with pytest.raises(BundleCorruptedError):
            store.load("holder")


def test_one_that_an_older_version_stored_is_read(store: Store) -> None:
    store.save("holder", BUNDLE)
    members = json.loads(store.file("holder").read_text())
    del members["license_expires_at"]
    store.file("holder").write_text(json.dumps(members))
    assert store.load("holder") == BUNDLE


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "state")
    for write in (store.require_writable, lambda: store.save("holder", BUNDLE)):
        with pytest.raises(StorageError, match="CODITECT_LICENSE_STATE_DIR"):
            write()


def test_clock_that_goes_back_is_refused(store: Store) -> None:
    store.require_clock(0)
    store.saw(10_000, "acme")
    store.require_clock(9_881)
    with pytest.raises(ClockSetBackError, match="set it right"):
        store.require_clock(9_879)


def test_what_was_seen_only_rises(store: Store) -> None:
    store.saw(10_000, "acme", 7)
    store.saw(5_000, "acme", 3)
    store.saw(5_000, "globex", 1)
    assert (store.sequence("acme"), store.sequence("globex"), store.sequence("other")) == (7, 1, 0)
    with pytest.raises(ClockSetBackError):
        store.require_clock(5_000)


def test_time_that_the_server_told_mends_what_a_wrong_clock_left(store: Store) -> None:
    store.saw(10_000, "acme", 7)
    store.learned_time(5_000, "acme")
    store.require_clock(5_000)
    assert store.sequence("acme") == 7
    with pytest.raises(ClockSetBackError):
        store.require_clock(4_000)


@pytest.mark.parametrize("text", ["{", "[]"])
def test_damaged_memory_is_told_and_not_taken_for_none(store: Store, text: str) -> None:
    store.saw(10_000, "acme")
    (store.folder / "seen.json").write_text(text)
    with pytest.raises(BundleCorruptedError):
        store.require_clock(5_000)
