"""``echelon`` without more words: the window."""

import argparse


def window(args: argparse.Namespace) -> int:
    """Open the window and run until it is closed."""
    if args.selftest:
        from echelon_desktop.selftest import selftest

        return selftest()
    from echelon_desktop.app import run

    return run(args.file)
