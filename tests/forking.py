"""A process that has loaded the program, and forks one for each command line that it is sent.

Run as a program: each line of standard input is a list in JSON, of the file for what is said and
of the arguments. It writes the number of the process, and when that has ended its exit code. If
the first argument is `--stopped`, a process does nothing before it is told to go on (SIGCONT).
"""

import json
import os
import signal
import sys
import traceback

STOPPED = "--stopped"


def run(said: str, arguments: list[str]) -> None:
    """Run a command line in this process, and end it as that would end."""
    from feeds.cli.commands import main

    status = 70
    try:
        descriptor = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(descriptor, 2)
        os.close(descriptor)
        if arguments[0] == STOPPED:
            arguments = arguments[1:]
            os.kill(os.getpid(), signal.SIGSTOP)
        main(arguments)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0
    except BaseException:  # noqa: BLE001 - nothing may lead back to what was forked
        traceback.print_exc()
    finally:
        os._exit(status)


def main() -> None:
    """Fork until there are no more orders."""
    # All that a build needs is loaded by one.
    order = json.loads(sys.stdin.readline())
    while order:
        if (process := os.fork()) == 0:
            run(order[0], order[1:])
        if order[1] == STOPPED:
            os.waitpid(process, os.WUNTRACED)
        tell(process)
        tell(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
        order = json.loads(sys.stdin.readline() or "[]")


def tell(number: int) -> None:
    """Write a number at once."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # ruff: noqa: F401 - what is not loaded here would be loaded by every process
    import feeds.cli.build
    import feeds.refresh.places
    from feeds import formats, pages

    formats.load()
    pages.load()
    main()
