"""Downloads from a real server on this machine that breaks off, dawdles and lies."""

import hashlib
import resource
import shutil
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from player.errors import NetworkError, StoreError
from player.models import download as module
from player.models.download import DownloadPatience, check_address, download, forget


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "model.part"


def sum_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def test_a_whole_file_arrives_with_its_sum_and_progress(site, part):
    seen: list[tuple[int, int | None]] = []
    found = download(site.url, part, progress=lambda done, total: seen.append((done, total)))
    assert part.read_bytes() == site.body
    assert found == sum_of(site.body)
    assert seen[-1] == (len(site.body), len(site.body))
    assert seen == sorted(seen)


def test_a_cut_off_download_goes_on_where_it_was(site, part):
    site.cut_after = [50_000, 30_000]
    assert download(site.url, part) == sum_of(site.body)
    assert site.asked == ["", "bytes=50000-", "bytes=80000-"]


def test_what_is_on_its_way_is_private(site, part):
    site.cut_after = [50_000, 0]
    with pytest.raises(NetworkError):
        download(site.url, part)
    left = list(part.parent.glob(f"{part.name}*"))
    assert len(left) == 2  # and its note
    assert {stat.S_IMODE(one.stat().st_mode) for one in left} == {0o600}


def test_the_next_command_goes_on_too(site, part):
    site.cut_after = [50_000, 0]
    with pytest.raises(NetworkError, match=r"cut off after 0\.1 MB") as caught:
        download(site.url, part)
    assert "goes on from there" in caught.value.hint
    assert download(site.url, part) == sum_of(site.body)
    assert site.asked[-1] == "bytes=50000-"


def test_a_server_that_always_breaks_off_is_not_asked_for_ever(site, part):
    site.cut_after = [10] * 50
    with pytest.raises(NetworkError, match="cut off"):
        download(site.url, part)
    assert len(site.asked) == 4


def test_a_file_that_changed_in_between_starts_anew(site, part):
    site.cut_after = [50_000, 0]
    with pytest.raises(NetworkError):
        download(site.url, part)
    site.body, site.etag = bytes(reversed(site.body)), '"two"'
    assert download(site.url, part) == sum_of(site.body)


def test_another_address_starts_anew(site, part):
    site.cut_after = [50_000, 0]
    with pytest.raises(NetworkError):
        download(site.url, part)
    assert download(f"{site.url}?other", part) == sum_of(site.body)
    assert site.asked[-1] == ""


def test_without_a_mark_of_the_version_only_a_sum_allows_going_on(site, part):
    site.etag = ""
    site.cut_after = [50_000, 50_000]
    with pytest.raises(NetworkError):
        download(site.url, part)
    assert set(site.asked) == {""}
    assert download(site.url, part, sha256=sum_of(site.body)) == sum_of(site.body)
    assert site.asked[-1] == "bytes=50000-"


def test_a_server_that_ignores_ranges_sends_the_whole(site, part):
    site.ranges = False
    site.cut_after = [50_000]
    assert download(site.url, part) == sum_of(site.body)


def test_a_wrong_piece_is_never_joined(site, part):
    site.wrong_join = True
    site.cut_after = [50_000, 0]
    with pytest.raises(NetworkError, match="another piece"):
        download(site.url, part)
    site.wrong_join = False
    assert download(site.url, part) == sum_of(site.body)


def test_a_piece_nobody_asked_for_is_not_joined_to_what_lies_about(site, part):
    part.write_bytes(b"of another file")
    site.always_a_piece = True
    with pytest.raises(NetworkError, match="another piece"):
        download(site.url, part)
    assert not part.exists()


def test_a_part_that_is_already_the_whole_is_taken(site, part):
    download(site.url, part)
    assert download(site.url, part) == sum_of(site.body)
    assert site.asked == ["", f"bytes={len(site.body)}-"]


def test_a_part_that_is_too_long_starts_anew(site, part):
    download(site.url, part)
    part.write_bytes(site.body + b"more")
    assert download(site.url, part) == sum_of(site.body)


def test_a_rubbish_note_starts_anew(site, part):
    part.write_bytes(b"rubbish")
    part.with_name("model.part.json").write_bytes(b"[[[")
    assert download(site.url, part) == sum_of(site.body)


def test_a_wrong_checksum_keeps_nothing(site, part, tmp_path):
    with pytest.raises(
        NetworkError, match=f"wrong checksum: SHA-256 is {sum_of(site.body)}, expected {'0' * 64}"
    ):
        download(site.url, part, sha256="0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_a_right_checksum_may_be_in_capitals(site, part):
    assert download(site.url, part, sha256=sum_of(site.body).upper()) == sum_of(site.body)


@pytest.mark.parametrize(("status", "words"), [(404, "404"), (403, "403"), (503, "503")])
def test_a_refusal_is_named(site, part, status, words):
    site.status = status
    with pytest.raises(NetworkError, match=words) as caught:
        download(site.url, part)
    assert caught.value.hint
    assert not part.exists()


def test_a_server_that_says_nothing_is_left(site, part):
    site.silent_s = 1.0
    with pytest.raises(NetworkError, match="no answer in time"):
        download(site.url, part, patience=DownloadPatience(answer_s=0.1))


def test_a_dripping_server_is_left(site, part):
    site.drip_s = 0.02
    with pytest.raises(NetworkError, match=r"too slow: [0-9]+ bytes in") as caught:
        download(site.url, part, patience=DownloadPatience(window_s=0.2, bytes_=1000))
    assert "goes on from there" in caught.value.hint
    assert part.stat().st_size > 0


def test_a_slow_but_steady_server_is_not_left(site, part):
    site.body = bytes(40)
    site.drip_s = 0.01
    assert download(site.url, part, patience=DownloadPatience(window_s=0.1, bytes_=2)) == sum_of(site.body)


def test_an_endless_file_is_stopped(site, part, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 1_000_000)
    site.endless = True
    with pytest.raises(NetworkError, match="does not end"):
        download(site.url, part)
    assert part.stat().st_size < 1_200_000


def test_a_file_that_says_it_is_huge_is_not_begun(site, part, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    with pytest.raises(NetworkError, match="too large"):
        download(site.url, part)
    assert not part.exists()


def test_a_file_of_unknown_length_arrives(site, part):
    site.no_length = True
    assert download(site.url, part) == sum_of(site.body)


def test_a_full_disk_is_told_before_the_download(site, part, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1))
    with pytest.raises(StoreError, match="are needed") as caught:
        download(site.url, part)
    assert "free some space" in caught.value.hint
    assert not part.exists()


def test_a_disk_that_refuses_during_the_download_and_room_again(site, part):
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, usual[1]))
    try:
        with pytest.raises(StoreError, match="too large") as caught:
            download(site.url, part)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert "goes on from there" in caught.value.hint
    assert download(site.url, part) == sum_of(site.body)
    assert site.asked == ["", "bytes=60000-"]


def test_no_such_server(part):
    with pytest.raises(NetworkError, match="cannot connect"):
        download("http://127.0.0.1:1/model.zip", part)
    with pytest.raises(NetworkError, match="cannot connect") as caught:
        download("https://no-such-server.invalid/model.zip", part)
    assert "on the network" in caught.value.hint


def test_a_redirection_is_followed(site, part, monkeypatch):
    site.send_on = f"{site.base}/elsewhere"
    with pytest.raises(NetworkError, match=r"30[0-9]"):  # it sends on for ever
        download(site.url, part)
    assert 1 < len(site.asked) < 20


def test_an_encrypted_address_never_sends_on_to_an_open_one():
    request = module.Request("https://example.org/a")
    with pytest.raises(NetworkError, match="without encryption"):
        module._NoDowngrade().redirect_request(request, None, 302, "", {}, "http://example.org/a")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://a/b", "model.zip", "https://", "http://[::1", "", "javascript:1"]
)
def test_only_web_addresses(url, part):
    with pytest.raises(NetworkError, match="not an address"):
        download(url, part)
    assert not part.exists()


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:99999/x", "http://127.0.0.1:x/y", "http://127.0.0.1:1/a b\n"]
)
def test_addresses_that_only_look_like_some(url, part):
    with pytest.raises(NetworkError):
        download(url, part)


def test_an_open_address_needs_a_sum():
    with pytest.raises(NetworkError, match="not encrypted"):
        check_address("http://example.org/model.zip", "")
    check_address("http://example.org/model.zip", "0" * 64)
    check_address("https://example.org/model.zip", "")


def test_forget_leaves_nothing(site, part, tmp_path):
    download(site.url, part)
    forget(part)
    assert list(tmp_path.iterdir()) == []
