"""``python -m stdconv`` is the command line."""

from stdconv.cli import main

if __name__ == "__main__":
    main()
