"""Text that comes from outside, shown."""

from __future__ import annotations

import json
import re

from stdconv.japan.visible import BLANKS, USUAL, code_point, escaped, visible

ALL = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x12000), *range(0x20000, 0x20100), *range(0xE0000, 0xE0200))))


def test_what_is_passed_over_at_once_is_seen() -> None:
    usual = re.findall(f"[{USUAL}]", ALL)
    assert len(usual) > 20_000
    assert [c for c in usual if not c.isprintable() or re.match(f"[{BLANKS}]", c)] == []


def test_every_other_character_is_judged_by_itself() -> None:
    unseen = [c for c in ALL if c != "\u3000" and visible(c) != c]
    assert all(visible(c) == code_point(c) for c in unseen)
    assert "".join(unseen[:33]) == "".join(map(chr, (*range(32), 127)))
    assert {"\u200b", "\u202e", "\u3164", "\ue000", "\xa0"} <= {*unseen}
    assert not {"葛", "\U000e0100", "é", "①", "\U00020bb7"} & {*unseen}
    text = "".join(unseen)
    assert visible(text) == "".join(map(code_point, unseen))
    assert escaped(f"\n{text}\n") == "\n" + json.dumps(text)[1:-1].replace("\\n", "\n") + "\n"
