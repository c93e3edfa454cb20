"""Archives made to do harm, and every damaged form of a good one."""

import io
import os
import resource
import shutil
import stat
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_model import MODEL, packed

from player.errors import NetworkError, StoreError
from player.models.unpack import Limits, unpack


@pytest.fixture
def into(tmp_path: Path):
    """Unpack these bytes; afterwards nothing but the archive and the target may be there."""

    def run(content: bytes, limits: Limits | None = None) -> Path:
        room = tmp_path / "room"
        room.mkdir(exist_ok=True)
        (tmp_path / "a.zip").write_bytes(content)
        try:
            unpack(tmp_path / "a.zip", room / "model", limits)
        finally:
            assert {p.name for p in tmp_path.iterdir()} == {"a.zip", "room"}
            assert {p.name for p in room.iterdir()} <= {"model"}
        return room / "model"

    return run


def entry(name: str, content: bytes = b"x", mode: int = 0, **more: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.filename = name  # as it is: the constructor mends some
        info.external_attr = mode << 16
        for field, value in more.items():
            setattr(info, field, value)
        archive.writestr(info, content)
    return out.getvalue()


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("outer", ["", "vosk-model-tiny-0.1/"])
def test_a_good_archive_comes_out_whole_and_private(into, outer):
    folder = into(packed(MODEL, outer))
    assert tree(folder) == MODEL
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_was_there_is_replaced_only_by_something_whole(into):
    folder = into(packed({"old": b"1", "b": b"2"}))
    with pytest.raises(NetworkError):
        into(packed({"../new": b"1"}))
    assert tree(folder) == {"old": b"1", "b": b"2"}
    into(packed({"new": b"1", "c": b"3"}))
    assert tree(folder) == {"new": b"1", "c": b"3"}


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "a/../../evil", "..", "a/..", "./a", "/etc/cron.d/evil", "//server/share", "C:/evil",
        "C:evil", "a\\..\\..\\evil", "a//b", "a/./b", "a:stream", "CON", "nul.txt", "a/COM1", "lpt9.dat",
        "a.", "a ", " ", "~/.bashrc\n", "a\x00.mdl", "a\x1b[2J", "na\u0308me", "\u202egpj.exe",
        "a/b/c/d/e/f/g", "x" * 101, "*", "a|b",
    ],
)  # fmt: skip
def test_names_that_could_mean_another_place(into, name):
    with pytest.raises(NetworkError, match=r"not unpacked|no proper zip"):
        into(entry(name))


@pytest.mark.parametrize(
    "kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK, stat.S_IFDIR]
)
def test_links_and_devices(into, kind):
    with pytest.raises(NetworkError, match="a link or a device"):
        into(entry("am", b"/etc/passwd", kind | 0o777))


def test_setuid_means_nothing(into):
    folder = into(entry("tool", b"x", stat.S_IFREG | 0o6777))
    assert stat.S_IMODE((folder / "tool").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "names", [("a", "a"), ("a", "A"), ("a", "a/b"), ("A/b", "a"), ("x/a", "x/a/b/c"), ("a/b", "a")]
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_meet_each_other(into, names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
        archive.writestr("other", b"x")
    with pytest.raises(NetworkError, match="there twice"):
        into(out.getvalue())


def test_folders_of_their_own_are_fine(into):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for folder in ("m/", "m/am/"):
            archive.writestr(folder, b"")
        archive.writestr("m/am/final.mdl", b"x")
    assert tree(into(out.getvalue())) == {"am/final.mdl": b"x"}


def test_a_bomb_by_ratio(into):
    with pytest.raises(NetworkError, match="would become 50000000"):
        into(packed({"a": bytes(50_000_000)}))


def test_a_bomb_by_total(into):
    with pytest.raises(NetworkError, match="would become"):
        into(packed({"a": os.urandom(2000)}), Limits(total_bytes=1000))


def test_a_bomb_by_number(into):
    with pytest.raises(NetworkError, match="more than 1000 entries"):
        into(packed({f"f{i}": b"" for i in range(1001)}))


def test_a_bomb_in_the_directory(into):
    with pytest.raises(NetworkError, match="directory is too large"):
        into(packed({f"{i:05d}" + "x" * 90: b"" for i in range(8000)}))


def test_a_bomb_by_overlap(into):
    """Two entries of the directory that point at the same data."""
    one = zipfile.ZipFile(io.BytesIO(entry("a", os.urandom(5000))))
    content = bytearray(one.fp.getvalue())
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    record = bytes(content[start:end])
    tail = bytearray(content[end:])
    tail[8:12] = (2).to_bytes(2, "little") * 2
    tail[12:16] = (2 * len(record)).to_bytes(4, "little")
    with pytest.raises(NetworkError, match="share data"):
        into(bytes(content[:start]) + record + record.replace(b"a", b"b") + bytes(tail))


def test_a_size_that_lies(into):
    """The directory promises 10 bytes; the data holds a million."""
    content = bytearray(packed({"a": bytes(1_000_000)}))
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with pytest.raises(NetworkError):
        into(bytes(content))


def test_a_password(into):
    content = bytearray(entry("a"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    with pytest.raises(NetworkError, match="locked"):
        into(bytes(content))


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_compressions(into, kind):
    with pytest.raises(NetworkError, match="unusual compression"):
        into(entry("a", compress_type=kind))


def test_nothing_inside(into):
    with pytest.raises(NetworkError, match="empty"):
        into(packed({}))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no proper zip"),
        (b"rubbish" * 100, "no proper zip"),
        (b"<!DOCTYPE html><title>Sign in to the network</title>", "no proper zip"),
        (b"PK\x05\x06" + bytes(18), "empty"),
    ],
)
def test_what_is_no_archive(into, content, words):
    with pytest.raises(NetworkError, match=words) as caught:
        into(content)
    assert ("sign in" in caught.value.hint) == content.startswith(b"<")


def test_a_full_disk_is_told_beforehand(into, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1))
    with pytest.raises(StoreError, match="are needed to unpack"):
        into(packed(MODEL))


def test_a_disk_that_refuses_while_unpacking_leaves_nothing(into):
    content = packed({"a": b"".join(os.urandom(500) + bytes(4500) for _ in range(40)), "b": b"x"})
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, usual[1]))
    try:
        with pytest.raises(StoreError, match="too large"):
            into(content)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert into(content).is_dir()


GOOD = packed(MODEL, "m/")


@given(st.data())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_gives_the_model_or_one_clear_error(into, data):
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))]
    try:
        found = tree(into(bytes(content)))
    except NetworkError:
        return
    assert set(found.values()) <= set(MODEL.values())  # a name may change and stay harmless, content never


@given(st.binary(max_size=300), st.booleans())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rubbish_gives_one_clear_error(into, rubbish, as_end):
    content = b"PK\x05\x06" + rubbish if as_end else rubbish
    with pytest.raises(NetworkError):
        into(content)


names = st.lists(
    st.sampled_from(["..", ".", "a", "A", "", "am", "C:", "con", "\\", "x\x00y", "~", "-", "a b", "é"]),
    max_size=4,
).map("/".join)


@given(st.lists(names, min_size=1, max_size=4))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_no_name_leads_outside(into, several):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in several:
            info = zipfile.ZipInfo("x")
            info.filename = name
            archive.writestr(info, b"x")
    try:
        into(out.getvalue())  # the fixture looks at what is beside the target
    except NetworkError:
        return
    assert all(set(name) <= set("aAbm/- ") for name in several)
