"""`python -m limelight` and the command `limelight`."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command; Ctrl-C ends it quietly, even while it is still being loaded."""
    try:
        from limelight.cli.main import main as run  # noqa: PLC0415 - so that Ctrl-C is caught

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
