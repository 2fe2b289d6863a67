"""The observed layouts at other sites: what tells when the table of one site is used for another.

B11 is a death in ``observed/benefit-tool`` and moving out in ``observed/ido-seq-history`` (both observed).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import stdconv
from stdconv.linting.lint import lint_yaml
from stdconv.mapping.loading import load_text
from stdconv.proving.prove import prove_yaml
from support.paths import CASES

pytestmark = pytest.mark.slow

HISTORY, BENEFIT, EVACUEE = "observed/ido-seq-history", "observed/benefit-tool", "observed/evacuee-juki-64"
AS_A_DEATH = (
    ('          B11: ["21", "2"]\n', '          B11: ["23", "3"]\n'),
    ("canonical: [B51]\n", "canonical: [B51, B21]\n"),
    ('C11: "41", B11: "21"', 'C11: "41", B11: "23"'),
    ('canonical: {"21": B51}', 'canonical: {"21": B51, "23": B21}'),
)
"""The history's tables with what B11 means in the other one."""
READ_AS_A_DEATH = (
    ('住民状態: "2"', '住民状態: "3"'),
    ('異動事由: "21"', '異動事由: "23"'),
    ('消除の事由: "21"', '消除の事由: "23"'),
)
"""And its example of B11, misread in the same way."""
LABELLED_AS_A_DEATH = (
    ("labels: {B11: 転出", "labels: {B11: 死亡"),
    ("C11: 転居, B11: 転出", "C11: 転居, B11: 死亡"),
)


def exchanged(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def misread(text: str) -> str:
    """Return a mapping of the history whose example of B11 says that it is a death."""
    before, example = text.split('  - source: "observed layout, codes seen: B11', 1)
    example, others = example.split("  - source:", 1)
    example = exchanged(example, READ_AS_A_DEATH)
    return f'{before}  - source: "observed layout, codes seen: B11{example}  - source:{others}'


def test_the_table_of_another_site_is_told_by_the_label_beside_the_code() -> None:
    text, file = load_text(HISTORY)
    copied = misread(exchanged(text, AS_A_DEATH))
    linted = lint_yaml(copied, file)
    assert {fault.code for fault in (*linted.faults, *linted.warnings)} == {"M0056"}, "転出 is no death"
    labelled = exchanged(copied, LABELLED_AS_A_DEATH)
    proof = prove_yaml(labelled, file, records=0)
    assert {fault.code for fault in proof.faults} == {"P0001"}, "the file's own row says 転出 beside B11"
    assert "T0053" in proof.faults[0].text("en")


def test_without_labels_in_the_file_the_table_of_another_site_is_told_by_the_examples() -> None:
    text, file = load_text(BENEFIT)
    copied = exchanged(
        text,
        (
            ('          B11: ["23", "3"]\n', '          B11: ["21", "2"]\n'),
            ('"05", B11: "23", B12', '"05", B11: "21", B12'),
        ),
    )
    copied = re.sub('(codes: [^\\]]*)"21", ([^\\]]*)', r"\1\2", copied)
    copied = copied.replace(', "2"], because: このレイアウトで', "], because: このレイアウトで")
    assert {fault.code for fault in prove_yaml(copied, file, records=0).faults} == {"P0002"}


def test_a_site_with_another_encoding_says_only_that(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(f"extends: {EVACUEE}\nid: city/juki-64\nlegacy: {{encoding: utf-8}}\n", encoding="utf-8")
    case = CASES / "golden-observed-evacuee-juki-64"
    (tmp_path / "juki.csv").write_bytes((case / "legacy.csv").read_bytes().decode("cp932").encode())
    stdconv.convert_file(tmp_path / "juki.csv", site, tmp_path / "run")
    assert (tmp_path / "run" / "standard.csv").read_bytes() == (case / "standard.csv").read_bytes()


def test_a_site_that_takes_the_place_of_the_tables_leaves_nothing_to_be_said() -> None:
    """The case itself says what becomes of its records, there and back."""
    text, file = load_text(CASES / "accepted-at-another-site" / "mapping.yaml")
    assert lint_yaml(text, file).is_clean
