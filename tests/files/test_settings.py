"""The user's own words: added, or refused with the reason and the place."""

import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from player.core.commands import Command
from player.errors import FileFault, StoreError
from player.files import languages, settings

LANGUAGE = languages.load("en")


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))

    def to(text):
        settings.path().write_text(text, encoding="utf-8")

    return to


def applied(spoken=(), unknown=()):
    return settings.apply(settings.load(), LANGUAGE, spoken, unknown)


def test_no_file_changes_nothing(write):
    assert applied() == settings.Applied(LANGUAGE)


def test_own_words_are_added_after_the_usual_ones(write):
    write("words:\n  next: [Onward, move  along]\n  undo: take it back\n")
    phrases = applied().language.phrases
    assert phrases[Command.NEXT] == (*LANGUAGE.phrases[Command.NEXT], "onward", "move along")
    assert phrases[Command.UNDO][-1] == "take it back"
    assert phrases[Command.STOP] == LANGUAGE.phrases[Command.STOP]
    assert applied().refused == ()


def test_a_word_that_is_there_already_is_no_fault(write):
    write("words:\n  next: [next]\n")
    assert applied() == settings.Applied(LANGUAGE)


def refusal(found):
    (fault,) = found.refused
    return fault


def test_a_word_that_means_something_else_is_refused_where_it_stands(write):
    write("words:\n  next:\n    - onward\n    - stop\n")
    found = applied()
    fault = refusal(found)
    assert (fault.line, fault.column) == (4, 7)
    assert "`stop` already means `stop`" in str(fault)
    assert "onward" in found.language.phrases[Command.NEXT]
    assert "stop" not in found.language.phrases[Command.NEXT]


def test_one_word_for_two_commands_is_refused_the_second_time(write):
    write("words:\n  next: [onward]\n  resume: [onward]\n")
    found = applied()
    assert "`onward` already means `next`" in str(refusal(found))
    assert "onward" not in found.language.phrases[Command.RESUME]


@pytest.mark.parametrize("said", ["Then glide down, slowly.", "Glide Down", "now (glide down)"])
def test_a_word_that_the_routine_says_is_refused(write, said):
    write("words:\n  next: [glide down]\n")
    assert "said by this routine" in str(refusal(applied([said])))


@pytest.mark.parametrize("said", ["Then glide downward.", "They glide, then down.", ""])
def test_a_word_that_it_does_not_quite_say_is_not(write, said):
    write("words:\n  next: [glide down]\n")
    assert applied([said]).refused == ()


def test_a_word_that_the_recogniser_cannot_know_is_refused(write):
    write("words:\n  next: [zwirbel, onward]\n")
    found = applied(unknown=("zwirbel",))
    assert "not known to the recogniser" in str(refusal(found))
    assert found.language.phrases[Command.NEXT][-1] == "onward"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("words:\n  nxt: [on]\n", "`nxt` is no command (did you mean `next`?)"),
        ("words:\n  next: [step 2]\n", "in letters"),
        ("words:\n  next: [a]\n", "in letters"),
        ("words:\n  next: [let us go on to the other one]\n", "longer than 4 words"),
        ("words:\n  next: {a: b}\n", "should be a text"),
        ("words: hello\n", "should be a mapping"),
        ("wrds:\n  next: [on]\n", "`wrds` is not a key of the settings (did you mean `words`?)"),
    ],
)
def test_a_faulty_file_says_what_where_and_what_to_do(write, text, said):
    write(text)
    with pytest.raises(FileFault) as caught:
        settings.load()
    assert said in str(caught.value)
    assert all(fault.line for fault in caught.value.faults)


def test_all_faults_come_at_once(write):
    write("words:\n  nxt: [on]\n  next: ['4']\nwrong: 1\n")
    with pytest.raises(FileFault) as caught:
        settings.load()
    assert len(caught.value.faults) == 3


def test_the_sound_under_a_session_is_kept_and_the_rest_of_the_file_stays(write):
    write("# mine\nbed: rain\nwords:\n  next: [onward]\nquiet: none")
    settings.remember("bed", "my sounds/sea.wav")
    kept = settings.load()
    assert kept.bed == "my sounds/sea.wav"
    assert [word.text for word in kept.words] == ["onward"]
    assert not kept.signs_of_life
    assert settings.path().read_text(encoding="utf-8").startswith("# mine\nwords:")


def test_a_file_is_made_when_there_is_none(write):
    settings.remember("bed", "drone")
    assert settings.load().bed == "drone"
    assert settings.load().signs_of_life


def test_quiet_takes_two_words(write):
    write("quiet: always\n")
    with pytest.raises(FileFault, match=r"1:8: .always. is not known as .quiet."):
        settings.load()


OWN = "# mine, written by hand\nwords:\n  next: [onward]\n"


@contextmanager
def full_disk(most: int) -> Iterator[None]:
    """No file may grow beyond `most` bytes: what a full disk is to a file that grows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    "remember",
    [
        lambda: settings.remember("minutes", "15"),
        lambda: settings.remember_bed("drone"),
        lambda: settings.remember_sound(on=False),
    ],
)
def test_a_full_disk_leaves_the_file_as_it_was(write, remember):
    write(OWN)
    with full_disk(10), pytest.raises(StoreError, match=r"settings\.yaml: "):
        remember()
    assert settings.path().read_text(encoding="utf-8") == OWN
    assert [path.name for path in settings.path().parent.iterdir()] == ["settings.yaml"]


def test_a_link_to_the_file_and_its_mode_stay(write, tmp_path):
    """Some keep it elsewhere, with other files of their own."""
    real = tmp_path / "dotfiles/player.yaml"
    real.parent.mkdir()
    real.write_text(OWN, encoding="utf-8")
    real.chmod(0o640)
    settings.path().symlink_to(real)
    settings.remember("minutes", "15")
    assert settings.path().is_symlink()
    assert real.read_text(encoding="utf-8") == f'{OWN}minutes: "15"\n'
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_new_file_is_private(write):
    settings.remember("minutes", "15")
    assert stat.S_IMODE(settings.path().stat().st_mode) == 0o600


def test_a_value_that_cannot_be_never_comes_into_the_file(write):
    write(OWN)
    with full_disk(0), pytest.raises(FileFault, match="minutes"):
        settings.remember("minutes", "never")
    assert settings.path().read_text(encoding="utf-8") == OWN


def test_a_file_that_is_no_text_is_told_and_left(write):
    settings.path().write_bytes(b"# caf\xe9\n")
    for remember in (lambda: settings.remember("minutes", "15"), lambda: settings.remember_bed("drone")):
        with pytest.raises(StoreError, match="not UTF-8"):
            remember()
    assert settings.path().read_bytes() == b"# caf\xe9\n"
