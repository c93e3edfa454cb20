"""What is installed, what is whole, what `auto` takes; and the whole way from the server to the folder."""

import hashlib
import json
import shutil
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_model import FST, MODEL, packed

from player.errors import BackendUnavailable, NetworkError, PlayerError, StoreError
from player.models import catalogue, store
from player.models.fetch import get_model, origin
from player.models.layout import missing_pieces, takes_phrases
from player.models.store import find_default, list_models, model_path

SMALL = "vosk-model-small-en-us-0.15"


def lay(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def install(home: Path, name: str, files: dict[str, bytes] = MODEL) -> Path:
    return lay(home / "data/models" / name, files)


# layout


def test_a_whole_model_lacks_nothing(tmp_path):
    assert missing_pieces(lay(tmp_path, MODEL)) == ()
    assert takes_phrases(tmp_path)


@pytest.mark.parametrize("piece", sorted(MODEL))
def test_each_piece_is_missed(tmp_path, piece):
    lay(tmp_path, MODEL)
    (tmp_path / piece).unlink()
    assert missing_pieces(tmp_path) == (piece,)


@pytest.mark.parametrize("piece", sorted(set(MODEL) - {"graph/disambig_tid.int"}))
def test_each_empty_piece_is_missed(tmp_path, piece):
    lay(tmp_path, MODEL | {piece: b""})
    assert missing_pieces(tmp_path) == (piece,)


def test_words_inside_the_graph_are_enough(tmp_path):
    with_words = FST[:29] + b"\x02" + FST[30:]
    files = MODEL | {"graph/Gr.fst": with_words}
    del files["graph/words.txt"]
    assert missing_pieces(lay(tmp_path, files)) == ()


def test_a_graph_in_one_piece_takes_no_phrases(tmp_path):
    files = {k: v for k, v in MODEL.items() if not k.startswith("graph/")}
    lay(tmp_path, files | {"graph/HCLG.fst": FST, "graph/words.txt": b"<eps> 0\n"})
    assert missing_pieces(tmp_path) == ()
    assert not takes_phrases(tmp_path)


def test_a_model_that_would_abort_vosk_is_told(tmp_path):
    lay(tmp_path, MODEL | {"conf/model.conf": b"--beam=10\n"})
    assert missing_pieces(tmp_path) == ("conf/model.conf (--endpoint.silence-phones)",)


def test_half_an_ivector_or_rescore_folder_is_told(tmp_path):
    lay(tmp_path, MODEL | {"ivector/final.ie": b"x", "rescore/G.carpa": b"x"})
    missing = missing_pieces(tmp_path)
    assert "rescore/G.fst" in missing
    assert "ivector/splice.conf" in missing
    assert "ivector/final.ie" not in missing


def test_the_older_flat_layout(tmp_path):
    files = {name.split("/")[-1]: content for name, content in MODEL.items() if name != "conf/model.conf"}
    assert missing_pieces(lay(tmp_path, files)) == ()
    (tmp_path / "Gr.fst").unlink()
    assert missing_pieces(tmp_path) == ("Gr.fst",)


def test_a_graph_that_is_another_kind_of_file_is_told(tmp_path):
    lay(tmp_path, MODEL | {"graph/HCLr.fst": b"RIFF" + FST[4:]})
    assert missing_pieces(tmp_path) == ("graph/HCLr.fst",)


def test_an_empty_folder_lacks_everything(tmp_path):
    assert len(missing_pieces(tmp_path)) == 7


@given(st.binary(max_size=80))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_rubbish_graph_is_missing_never_an_error(tmp_path, rubbish):
    lay(tmp_path, MODEL | {"graph/HCLr.fst": rubbish})
    assert missing_pieces(tmp_path) == ("graph/HCLr.fst",)


@given(st.integers(4, 60), st.binary(min_size=1, max_size=8))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_header_never_raises(tmp_path, at, damage):
    lay(tmp_path, MODEL | {"graph/Gr.fst": FST[:at] + damage + FST[at:]})
    assert set(missing_pieces(tmp_path)) <= {"graph/Gr.fst", "graph/words.txt"}


# what is here


def test_nothing_is_here_at_first(home):
    assert [model.name for model in list_models()] == [entry.name for entry in catalogue.ENTRIES]
    assert not any(model.installed for model in list_models())
    assert find_default() is None
    with pytest.raises(BackendUnavailable, match="no Vosk model is installed") as caught:
        model_path()
    assert "player models get small-en-us-0.15" in caught.value.hint


def test_the_folders_are_private(home):
    list_models()
    assert not (home / "data/models").exists()  # who only looks makes nothing
    assert store.folder() == home / "data/models"
    for folder in (home / "data", home / "data/models"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_auto_takes_the_first_of_the_catalogue_that_is_whole(home):
    own = install(home, "aaa-own")
    assert find_default() == own
    large = install(home, "vosk-model-en-us-0.22-lgraph")
    assert find_default() == large
    small = install(home, SMALL)
    assert find_default() == small == model_path() == model_path("small-en-us-0.15")
    (small / "graph/Gr.fst").unlink()
    assert find_default() == large


def test_auto_never_takes_a_model_for_dictation(home):
    files = {k: v for k, v in MODEL.items() if not k.startswith("graph/")}
    install(home, "big", files | {"graph/HCLG.fst": FST, "graph/words.txt": b"<eps> 0\n"})
    assert find_default() is None
    assert [m.name for m in list_models() if m.installed] == ["big"]


def test_leftovers_are_no_models(home):
    install(home, ".unpacking-x")
    (home / "data/models/file").write_text("x")
    assert find_default() is None


@pytest.mark.parametrize(
    ("name", "words", "hint"),
    [
        ("small-en-us-0.15", "not installed", "models get small-en-us-0.15"),
        ("tinny", "no such model", "did you mean tiny"),
        ("/no/such/folder", "no such folder", "folder of a Vosk model"),
        ("../nowhere", "no such folder", "folder of a Vosk model"),
    ],
)
def test_a_model_that_is_not_here(home, name, words, hint):
    install(home, "tiny")
    with pytest.raises(BackendUnavailable, match=words) as caught:
        model_path(name)
    assert hint in caught.value.hint


def test_an_incomplete_model_names_its_missing_pieces(home, tmp_path):
    lay(tmp_path / "m", MODEL)
    assert model_path(str(tmp_path / "m")) == tmp_path / "m"
    (tmp_path / "m/am/final.mdl").unlink()
    with pytest.raises(BackendUnavailable, match=r"incomplete: am/final\.mdl missing") as caught:
        model_path(str(tmp_path / "m"))
    assert "whole model" in caught.value.hint
    (install(home, SMALL) / "am/final.mdl").unlink()
    with pytest.raises(BackendUnavailable, match=r"incomplete: am/final\.mdl missing") as caught:
        model_path(SMALL)
    assert "player models get small-en-us-0.15" in caught.value.hint


# getting one


@pytest.fixture
def shop(site, home, model_zip):
    site.body = model_zip
    return site


def test_the_whole_way(shop, home):
    seen = []
    path = get_model("tiny", url=shop.url, progress=lambda done, total: seen.append((done, total)))
    assert path == home / "data/models/tiny" == model_path("tiny") == find_default()
    assert missing_pieces(path) == ()
    assert seen[-1] == (len(shop.body), len(shop.body))
    known = origin(path)
    assert known["sha256"] == hashlib.sha256(shop.body).hexdigest()
    assert (known["url"], known["trusted"]) == (shop.url, "first download")
    assert sorted(p.name for p in path.parent.iterdir()) == ["tiny", "tiny.origin.json"]


def test_what_is_here_whole_is_not_fetched_again(shop, home):
    get_model("tiny", url=shop.url)
    get_model("tiny", url=shop.url)
    assert len(shop.asked) == 1


def test_what_is_here_in_part_is_mended(shop, home):
    path = get_model("tiny", url=shop.url)
    (path / "graph/Gr.fst").unlink()
    assert missing_pieces(get_model("tiny", url=shop.url)) == ()
    assert len(shop.asked) == 2


def test_another_archive_under_a_known_name_does_not_pass(shop, home):
    shutil.rmtree(get_model("tiny", url=shop.url))
    shop.body, shop.etag = packed(MODEL | {"extra": b"x"}), '"two"'
    with pytest.raises(NetworkError, match="wrong checksum"):
        get_model("tiny", url=shop.url)
    assert find_default() is None
    get_model("tiny", url=shop.url, sha256=hashlib.sha256(shop.body).hexdigest())
    assert origin(home / "data/models/tiny")["trusted"] == "given"


def test_the_sum_of_the_catalogue_counts_for_any_address(shop, home):
    with pytest.raises(NetworkError, match="expected 30f26242"):
        get_model("small-en-us-0.15", url=shop.url)
    assert find_default() is None


def test_no_name_means_the_recommended_one(shop, home):
    path = get_model(url=shop.url, sha256=hashlib.sha256(shop.body).hexdigest())
    assert path.name == SMALL


def test_a_broken_line_then_the_same_command_again(shop, home):
    shop.cut_after = [100, 0]
    with pytest.raises(NetworkError, match="cut off"):
        get_model("tiny", url=shop.url)
    assert find_default() is None
    assert get_model("tiny", url=shop.url).is_dir()
    assert shop.asked[-1] == "bytes=100-"


@pytest.mark.parametrize("bad", [b"<html>Sign in", packed({"readme": b"no model"}), packed({"../x": b"x"})])
def test_an_archive_that_is_no_model_leaves_nothing(shop, home, bad):
    shop.body = bad
    with pytest.raises(NetworkError):
        get_model("tiny", url=shop.url)
    assert list((home / "data/models").iterdir()) == []


def test_a_full_disk_keeps_what_was_fetched(shop, home, monkeypatch):
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfileobj", full)
        with pytest.raises(StoreError, match="No space left"):
            get_model("tiny", url=shop.url)
    assert get_model("tiny", url=shop.url).is_dir()
    assert shop.asked == ["", f"bytes={len(shop.body)}-"]


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("small-en-us-0.14", {}, "no such model"),
        ("nothing at all like it", {}, "no such model"),
        ("tiny", {"url": "http://127.0.0.1:1/", "sha256": "abc"}, "not a SHA-256"),
        ("../evil", {"url": "http://127.0.0.1:1/"}, "not a name"),
        ("a/b", {"url": "http://127.0.0.1:1/"}, "not a name"),
        (".hidden", {"url": "http://127.0.0.1:1/"}, "not a name"),
        ("tiny", {"url": "file:///etc/passwd"}, "not an address"),
    ],
)
def test_what_cannot_be_fetched(home, name, options, words):
    with pytest.raises(PlayerError, match=words):
        get_model(name, **options)


def test_a_misspelt_name_is_guessed(home):
    with pytest.raises(PlayerError, match="no such model") as caught:
        get_model("small-en-us-0.14")
    assert "did you mean small-en-us-0.15" in caught.value.hint


def test_a_rubbish_record_of_the_first_download_is_no_record(shop, home):
    (home / "data/models").mkdir(parents=True)
    for rubbish in ("[]", "{", json.dumps({"sha256": "x"})):
        (home / "data/models/tiny.origin.json").write_text(rubbish)
        shutil.rmtree(get_model("tiny", url=shop.url))


def test_the_catalogue_is_in_order():
    for entry in catalogue.ENTRIES:
        assert entry.url == f"https://alphacephei.com/vosk/models/{entry.name}.zip"
        assert entry.sha256 == "" or len(bytes.fromhex(entry.sha256)) == 32
        assert catalogue.find(entry.short) is catalogue.find(entry.name) is entry
    assert len({entry.name for entry in catalogue.ENTRIES}) == len(catalogue.ENTRIES)
