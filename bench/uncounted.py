"""``stdconv convert`` that counts neither people nor tables: what these take is the difference to the command."""

from __future__ import annotations

from stdconv.cli.entry import main
from stdconv.mapping.plan import Plan
from stdconv.standard.people import People

if __name__ == "__main__":
    People.is_counted = property(lambda _: False)  # type: ignore[method-assign,assignment]
    Plan.tabled = property(lambda _: ())  # type: ignore[assignment]
    main()
