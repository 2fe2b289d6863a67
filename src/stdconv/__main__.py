"""``python -m stdconv`` is the command line."""

from stdconv.cli.entry import main

if __name__ == "__main__":
    main()
