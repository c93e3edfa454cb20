"""One share of the work, in a process of its own: `python -m player.bench.hearing.share ORDER`."""

import json
import sys
from dataclasses import asdict

from player.bench.hearing import Options, measured


def main() -> None:
    """Measure what the order says; answer in JSON on standard output."""
    order = json.loads(sys.argv[1])
    share = order.pop("share")
    sys.stdout.write(json.dumps(asdict(measured(Options(**order), share))))


if __name__ == "__main__":
    main()
