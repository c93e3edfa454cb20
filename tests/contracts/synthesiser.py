"""What every `Synthesiser` keeps to. Subclass it and give the fixture `synthesiser`."""

import json
import threading

import numpy as np
import pytest

from player.ports import RATE_HZ, Synthesiser

SENTENCE = "Place one middle fingertip between your eyebrows. Make small circles there."


class SynthesiserContract:
    def test_a_clip_is_mono_float32_within_the_ceiling_and_ends_at_zero(
        self, synthesiser: Synthesiser
    ) -> None:
        clip = synthesiser.render(SENTENCE)
        assert clip.dtype == np.float32
        assert clip.ndim == 1
        assert 2 * RATE_HZ < clip.size < 15 * RATE_HZ
        assert 0.05 < np.abs(clip).max() <= 10 ** (-3 / 20) + 1e-4
        assert clip[0] == clip[-1] == 0.0

    def test_the_same_text_gives_the_same_samples_whatever_came_between(
        self, synthesiser: Synthesiser
    ) -> None:
        first = synthesiser.render(SENTENCE).tobytes()
        other = synthesiser.render("Five.").tobytes()
        assert synthesiser.render(SENTENCE).tobytes() == first
        assert synthesiser.render("Five.").tobytes() == other != first

    def test_a_longer_text_takes_longer(self, synthesiser: Synthesiser) -> None:
        assert synthesiser.render(SENTENCE).size > 2 * synthesiser.render("Five.").size > 0

    @pytest.mark.parametrize("text", ["", " \n", "...", "\x00\x01\x1b", "👍👍"])
    def test_nothing_to_say_is_an_empty_clip(self, synthesiser: Synthesiser, text: str) -> None:
        assert synthesiser.render(text).size == 0

    @pytest.mark.parametrize(
        "text",
        [
            "Good 👍 work",
            "a\x00b\x01120Sc\x1b[0m",
            "\ud83d half a pair",
            "日本",
            '<speak>"hi" & [[h@]]</speak>',
        ],
    )
    def test_odd_texts_are_spoken_as_plain_text(self, synthesiser: Synthesiser, text: str) -> None:
        assert synthesiser.render(text).size > 0

    def test_threads_get_the_same_as_one_caller(self, synthesiser: Synthesiser) -> None:
        texts = [f"Number {n}." for n in range(8)]
        expected = [synthesiser.render(text).tobytes() for text in texts]
        found: dict[int, bytes] = {}

        def render(index: int) -> None:
            found[index] = synthesiser.render(texts[index]).tobytes()

        threads = [threading.Thread(target=render, args=(index,)) for index in range(len(texts))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [found[index] for index in range(len(texts))] == expected

    def test_the_identity_can_stand_in_a_cache_key(self, synthesiser: Synthesiser) -> None:
        assert json.dumps(synthesiser.identity) == json.dumps(str(synthesiser.identity).strip()) != '""'

    def test_closing_twice_is_fine(self, synthesiser: Synthesiser) -> None:
        synthesiser.render("Five.")
        synthesiser.close()
        synthesiser.close()
