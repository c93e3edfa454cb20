"""What every `Recogniser` keeps to. Subclass it; give `recogniser` (expecting nothing) and `clips`.

`RecogniserRules` are kept by all, the fakes of the tests too, whatever they make of a sound. Who claims to
understand words keeps to `RecogniserContract`. `clips` are words in a voice that this recogniser is known to
understand: phrase -> s16le at 16 kHz.
"""

from collections.abc import Mapping

import pytest

from player.core.decision import TRUST, strength
from player.errors import RecognitionError
from player.ports import Recogniser

NO_WORD = "qzxgrobl"
FAINTEST = min(trust.doubtful for trust in TRUST.values())  # what is less sure than this is never a command


def hear(recogniser: Recogniser, pcm: bytes, chunk: int = 640) -> str:
    recogniser.begin()
    for at in range(0, len(pcm), chunk):
        recogniser.accept(pcm[at : at + chunk])
    return answer(recogniser)


def answer(recogniser: Recogniser) -> str:
    """Return what was understood, as far as it can mean anything."""
    hypothesis = recogniser.end()
    return hypothesis.text if strength(hypothesis) >= FAINTEST else ""


class RecogniserRules:
    def test_a_phrase_not_expected_is_never_an_answer(
        self, recogniser: Recogniser, clips: Mapping[str, bytes]
    ) -> None:
        phrase, *others = clips
        recogniser.expect(others)
        assert {hear(recogniser, pcm) for pcm in clips.values()} <= {"", *others}
        assert hear(recogniser, clips[phrase]) != phrase

    def test_any_chunk_size_gives_the_same_answer(
        self, recogniser: Recogniser, clips: Mapping[str, bytes]
    ) -> None:
        for pcm in clips.values():
            answers = set()
            for chunk in (320, 640, 960, 1000, len(pcm)):
                recogniser.expect(list(clips))  # forgets what it has learnt of the speaker
                answers.add(hear(recogniser, pcm, chunk))
            assert len(answers) == 1

    def test_silence_and_nothing_at_all_are_no_phrase(
        self, recogniser: Recogniser, clips: Mapping[str, bytes]
    ) -> None:
        recogniser.expect(list(clips))
        assert hear(recogniser, bytes(32_000)) == ""
        assert hear(recogniser, b"") == ""

    def test_a_new_segment_forgets_the_last_one(
        self, recogniser: Recogniser, clips: Mapping[str, bytes]
    ) -> None:
        recogniser.expect(list(clips))
        recogniser.begin()
        recogniser.accept(next(iter(clips.values())))  # never ended: a new one begins
        assert hear(recogniser, b"") == ""

    def test_expecting_nothing_is_deaf(self, recogniser: Recogniser, clips: Mapping[str, bytes]) -> None:
        recogniser.expect([])
        assert {hear(recogniser, pcm) for pcm in clips.values()} == {""}
        assert recogniser.partial() == ""

    def test_a_partial_answer_is_an_expected_phrase_or_nothing(
        self, recogniser: Recogniser, clips: Mapping[str, bytes]
    ) -> None:
        recogniser.expect(list(clips))
        recogniser.begin()
        recogniser.accept(next(iter(clips.values())))
        assert recogniser.partial() in {"", *clips}

    def test_an_unknown_word_is_told_and_refused(
        self, recogniser: Recogniser, clips: Mapping[str, bytes]
    ) -> None:
        phrase = next(iter(clips))
        several = [phrase, NO_WORD, f"{phrase} {NO_WORD}"]
        assert recogniser.unknown(several) == (NO_WORD, f"{phrase} {NO_WORD}")
        with pytest.raises(RecognitionError, match=NO_WORD) as caught:
            recogniser.expect([phrase, NO_WORD])
        assert caught.value.hint

    def test_closing_twice_is_fine(self, recogniser: Recogniser) -> None:
        recogniser.close()
        recogniser.close()


class RecogniserContract(RecogniserRules):
    def test_answers_with_the_phrase_that_was_said(
        self, recogniser: Recogniser, clips: Mapping[str, bytes]
    ) -> None:
        recogniser.expect(list(clips))
        assert {phrase: hear(recogniser, pcm) for phrase, pcm in clips.items()} == {p: p for p in clips}

    def test_what_is_expected_may_change(self, recogniser: Recogniser, clips: Mapping[str, bytes]) -> None:
        several = list(clips)
        for phrases in ([], several[1:], several, several[:1], several[:1]):
            recogniser.expect(phrases)
            heard = {phrase: hear(recogniser, pcm) for phrase, pcm in clips.items()}
            assert {phrase for phrase, text in heard.items() if text == phrase} == set(phrases)

    def test_two_commands_in_one_breath_are_none(
        self, recogniser: Recogniser, clips: Mapping[str, bytes]
    ) -> None:
        recogniser.expect(list(clips))
        assert hear(recogniser, b"".join(clips.values())) == ""

    def test_a_segment_leaves_nothing_behind(
        self, recogniser: Recogniser, clips: Mapping[str, bytes]
    ) -> None:
        recogniser.expect(list(clips))
        phrase, pcm = next(iter(clips.items()))
        recogniser.begin()
        recogniser.accept(pcm)
        assert hear(recogniser, pcm) == phrase

    def test_more_sound_after_an_answer_is_the_same_segment(
        self, recogniser: Recogniser, clips: Mapping[str, bytes]
    ) -> None:
        recogniser.expect(list(clips))
        phrase, pcm = next(iter(clips.items()))
        half = len(pcm) // 4 * 2
        recogniser.begin()
        recogniser.accept(pcm[:half])
        recogniser.end()
        recogniser.accept(pcm[half:])
        assert recogniser.partial() in {"", phrase}
        assert answer(recogniser) == phrase
