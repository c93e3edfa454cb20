"""Many damaged inputs: `python -m tests.fuzz --runs 100000 [TARGET…]`.

Guided by coverage with `--atheris TARGET`.

A crash, a hang over 2 s or memory over 500 MB ends the run; what did it is printed as a Python literal, to
become a test.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.edits import edited, watched
from tests.fuzz.targets import LIMIT_BYTES, ROOM, TARGETS


def by_edits(name: str, runs: int, number: int) -> None:
    target = TARGETS[name]
    count = 0

    @seed(number)
    @settings(
        max_examples=runs,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(edited(target))
    def run(content: bytes) -> None:
        nonlocal count
        count += 1
        watched(target.read)(content)

    begun_s = time.monotonic()
    with suppress(KeyboardInterrupt):  # whoever has no more time sees how far it came
        run()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{name}: {count} inputs in {time.monotonic() - begun_s:.0f} s, peak {peak_mb} MB, no fault",
        flush=True,
    )


def by_coverage(name: str, runs: int) -> None:
    import atheris  # not a dependency: `pip install atheris`

    target = TARGETS[name]
    corpus = Path(tempfile.mkdtemp(prefix="corpus-"))
    for number, content in enumerate(target.seeds()):
        (corpus / str(number)).write_bytes(content)
    atheris.instrument_all()
    atheris.Setup(
        [sys.argv[0], f"-runs={runs}", "-timeout=2", "-rss_limit_mb=900", "-max_len=8192", str(corpus)],
        target.read,
    )
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], default=list(TARGETS))
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--atheris", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["PLAYER_HOME"] = home
        now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        if not options.atheris:
            resource.setrlimit(resource.RLIMIT_AS, (now + LIMIT_BYTES,) * 2)
        try:
            for name in options.targets:
                if options.atheris:
                    by_coverage(name, options.runs)
                else:
                    by_edits(name, options.runs, options.seed)
        finally:
            shutil.rmtree(ROOM, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
