"""`python -m feeds` is the same as `feeds`."""

from feeds.cli import main

if __name__ == "__main__":
    main()
