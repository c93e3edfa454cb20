"""A process that measures unit after unit: `python -m player.bench.hearing.share OPTIONS`.

A unit is a line of JSON on standard input; so is the answer on standard output.
"""

import json
import sys
from dataclasses import asdict

from player.bench.hearing.units import Measuring, Options, WorkUnit


def main() -> None:
    """Measure what comes in until it ends."""
    options = json.loads(sys.argv[1])
    measuring = Measuring(Options(**options | {"conditions": tuple(options["conditions"])}))
    for line in sys.stdin:
        outcome = measuring.measured(WorkUnit(**json.loads(line)))
        sys.stdout.write(json.dumps(asdict(outcome)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
