"""`player show`: the table, the data and the face map, through the command line."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from player.cli.main import main
from player.files import paths

NAMES = sorted(path.stem for path in paths.scripts().glob("*.yaml"))
HEAD = {
    "id": str, "path": str, "kind": str, "title": str, "family": str, "language": str, "availability": str,
    "often": str, "eyes": str, "target_min": list, "expected_s": float, "products": dict, "tools": dict,
    "cautions": dict, "prep": list, "after": list, "playlist": list, "gates": list, "params": dict,
    "rules": dict, "tags": list, "honest_note": str, "source": str, "digest": str,
    "left_out": list, "steps": list,
}  # fmt: skip
STEP = {
    "number": int, "from_s": float, "lasts_s": float, "routine": str, "stroke": str,
    "hand": (str, type(None)), "pressure": str, "direction": (list, type(None)), "id": str, "label": str,
    "say": str, "work": dict, "say_short": str, "find": str, "place_ids": list, "side": str,
    "advance": str, "eyes": str, "trait": str, "mouth_busy": bool, "ears_covered": bool,
    "settle_s": (int, float), "line": int, "say_again": str,
    "ask": (dict, type(None)), "when": (dict, type(None)), "ends": bool, "care": bool, "massage": bool,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["show", *arguments]) == 0
    return capsys.readouterr().out


def data(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(shown(capsys, *arguments, "--json"))


# --- the table --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_script_fits_into_80_columns(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, name).splitlines()
    assert max(map(len, lines)) <= 80
    steps = data(capsys, name)["steps"]
    begun = [line for line in lines if line[:4].strip().isdigit() and ":" in line[4:10]]
    assert [int(line[:4]) for line in begun] == [step["number"] for step in steps if step["number"]]


def test_the_table_tells_all_that_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(shown(capsys, "acupressure-with-tool").split())
    assert "meant for 5 to 8 minutes" in text
    assert "Product nothing on the hands; or plain oil, massage cream" in text
    assert "needed, one of: cocktail mixer of plastic or glass, smooth stone with a small end" in text
    assert "no tool at: " in text
    assert "Mind plain oil, massage cream: keep it away from the eyes" in text
    assert "Before prep-hands-and-face (with --prep)" in text
    assert "Afterwards tool-cleanup (with --after)" in text
    assert (
        "Asked first the interview once, then: Has anything changed, or is anything sore or feverish today?"
        in text
    )
    assert "Note The text names no single point." in text
    assert "Source The facial acupressure text, utensils" in text
    assert "middle of the left cheek 15 strokes, circles with a tool, light" in text or "15 strokes" in text
    assert "waits for “next”" in text


def test_params_rules_and_products_with_a_question_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Number quiet_secs 300, from" in " ".join(shown(capsys, "everyday-facial-acupressure").split())
    drain = " ".join(shown(capsys, "lymph-drainage-thumbs").split())
    assert "Rule never more than this: feather" in drain
    assert "Rule no stroke that goes to and fro" in drain


def test_the_first_step_begins_at_nought_and_the_end_is_the_time_that_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = shown(capsys, "quick-facial-acupressure").splitlines()
    assert next(line for line in lines if line.startswith("   1")).split()[1] == "0:00"
    end = lines[-1].split()[0]
    assert f"about {end}, meant for" in " ".join(lines)


def test_playlists_name_what_they_run_and_cards_whom_they_are_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Runs everyday-facial-acupressure" in " ".join(shown(capsys, "daily-full").split())
    assert "only by a specialist" in shown(capsys, "info-manual-massage")


def test_brief_shows_the_short_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    step = next(one for one in data(capsys, "lymph-drainage-thumbs")["steps"] if one["say_short"])
    assert step["say_short"] in " ".join(shown(capsys, "lymph-drainage-thumbs", "--brief").split())
    assert step["say_short"] not in " ".join(shown(capsys, "lymph-drainage-thumbs").split())


def test_what_was_left_out_to_fit_a_time_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    whole = data(capsys, "everyday-facial-acupressure", "--minutes", "8")
    assert whole["left_out"]
    assert whole["expected_s"] <= 8 * 60
    text = " ".join(shown(capsys, "everyday-facial-acupressure", "--minutes", "8").split())
    assert f"Left out to fit the time: {whole['left_out'][0]}" in text


# --- the data ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_data_has_its_shape(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    whole = data(capsys, name)
    assert list(whole) == list(HEAD)
    assert all(isinstance(whole[key], kind) for key, kind in HEAD.items() if whole[key] is not None)
    for step in whole["steps"]:
        assert set(step) == set(STEP)
        assert {key for key, kind in STEP.items() if not isinstance(step[key], kind)} == set()
        assert ("secs" in step["work"]) != ("reps" in step["work"])
    numbers = [step["number"] for step in whole["steps"] if step["number"]]  # 0: a question of health
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_times_of_the_data_add_up(capsys: pytest.CaptureFixture[str]) -> None:
    whole = data(capsys, "sculptural-talc-20")
    steps = whole["steps"]
    for before, after in pairwise(steps):
        assert after["from_s"] == pytest.approx(before["from_s"] + before["lasts_s"], abs=0.11)
    last = steps[-1]
    assert whole["expected_s"] == pytest.approx(last["from_s"] + last["lasts_s"], abs=0.11)
    low, high = whole["target_min"]
    assert low * 60 <= whole["expected_s"] <= high * 60


def test_the_data_tells_gates_params_rules_and_strokes(capsys: pytest.CaptureFixture[str]) -> None:
    whole = data(capsys, "lymph-drainage-thumbs")
    assert [gate["id"] for gate in whole["gates"]] == ["contra-full", "neck-care", "lymph-care"]
    assert whole["rules"]["toward_terminus"] is True
    jaw = next(step for step in whole["steps"] if step["id"] == "jaw")
    assert (jaw["stroke"], jaw["hand"], jaw["pressure"]) == ("lymph_stretch", "thumb-pads", "feather")
    assert jaw["direction"] == ["N.submental", "N.jaw_angle"]
    params = data(capsys, "headache-point")["params"]
    assert params["deep_secs"] == {
        "default": 75.0,
        "min": 60.0,
        "max": 120.0,
        "meaning": params["deep_secs"]["meaning"],
    }


# --- the map ----------------------------------------------------------------------------------------------


def test_a_map_is_written_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "face.svg"
    assert shown(capsys, "quick-facial-acupressure", "--map", str(file)).strip() == str(file)
    text = file.read_text(encoding="utf-8")
    assert ET.fromstring(text).find("{http://www.w3.org/2000/svg}title") is not None
    assert "15 strokes, circles" in text
    assert "your left is on the right" in text


def test_a_mirrored_map_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "face.svg"
    shown(capsys, "quick-facial-acupressure", "--map", str(file), "--mirror")
    assert "your left is on the left" in file.read_text(encoding="utf-8")


def test_map_and_data_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "face.svg"
    assert data(capsys, "focus-jaw", "--map", str(file))["id"] == "focus-jaw"
    assert file.exists()


def test_a_map_that_cannot_be_written_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "focus-jaw", "--map", str(tmp_path / "none" / "face.svg")]) == 5
    said = capsys.readouterr().err
    assert "there is no folder" in said
    assert "Traceback" not in said
