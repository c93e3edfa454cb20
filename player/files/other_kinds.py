"""Files that are given for a script and are something else: what they are, in words."""

import re
from pathlib import Path

# By how the text begins. Whatever is valid YAML, even under a strange name, is none of these.
_BEGINNINGS = (
    (re.compile(r"\s*BEGIN:VCALENDAR\b"), "a calendar (iCalendar)"),
    (re.compile(r"\s*BEGIN:VCARD\b"), "an address card"),
    (re.compile(r"\s*WEBVTT\b"), "a file of subtitles (WebVTT)"),
    (re.compile(r"\s*\d+\s*\n\d\d:\d\d:\d\d[,.]\d{1,3} -->"), "a file of subtitles (SubRip)"),
    (
        re.compile(r"\s*(?:\[\w+:[^\]\n]*\]\s*)*\[\d+:\d\d(?:[.:]\d+)?\]"),
        "a file of song texts with times (LRC)",
    ),
    (re.compile(r"\s*(?:#EXTM3U|\[playlist\])"), "a list of music files"),
    (re.compile(r"\s*(?:<!doctype|<html|<\?xml|<svg)", re.IGNORECASE), "a page or drawing (HTML or XML)"),
    (re.compile(r"%PDF-"), "a PDF document"),
    (re.compile(r"\{\\\\rtf"), "a document of a word processor (RTF)"),
)
# By their names: these are no text.
_ENDINGS = {
    **dict.fromkeys((".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aiff"), "a sound file"),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp"), "a picture"),
    **dict.fromkeys((".docx", ".odt", ".doc", ".pages"), "a document of a word processor"),
    **dict.fromkeys((".zip", ".gz", ".tar", ".7z"), "an archive"),
    **dict.fromkeys((".mp4", ".mkv", ".mov"), "a film"),
    ".pdf": "a PDF document",
    ".journal": "the journal of a session (`player replay` shows it)",
}


def by_name(path: Path) -> str:
    """Return what a file of this name is when it is certainly no text, else ""."""
    return _ENDINGS.get(path.suffix.lower(), "")


def by_text(text: str) -> str:
    """Return what begins like this when it is certainly no script, else ""."""
    return next((what for beginning, what in _BEGINNINGS if beginning.match(text)), "")
