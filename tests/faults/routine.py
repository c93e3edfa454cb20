"""The routine that is interrupted: long sentences, counts aloud, holds, timed work."""

from pathlib import Path

FILE = Path(__file__).with_name("faults.yaml")
ROUTINE = str(FILE)
