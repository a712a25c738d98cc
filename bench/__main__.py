"""Every benchmark, one after the other: `make bench`, or `python -m bench NAME...` for some of them.

Each is a program of its own, so that one's memory is not another's, and prints ratios to a peer named in its own run.
"""

import subprocess
import sys
from pathlib import Path

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def main(wanted: list[str]) -> int:
    """Run them; the exit status is 1 when any of them failed, after all have had their turn."""
    unknown = sorted(set(wanted) - set(NAMES))
    if unknown:
        print(f"no benchmark named {', '.join(unknown)}; there are {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    failed = []
    for name in wanted or NAMES:
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"]).returncode:
            failed.append(name)
    if failed:
        print(f"\nFailed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
