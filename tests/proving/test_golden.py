"""The golden mappings: lint has nothing to say of them, they are proven, and wrong copies of them are found.

What they make of real bytes, both ways, is in their cases (``tests/cases/golden-*``), which test_cases.py runs.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
from mapping_mutants import Mutant, misread, mutants

from stdconv.cli.entry import run
from stdconv.errors import StdconvError
from stdconv.lenses import LENSES
from stdconv.linting.lint import lint_yaml
from stdconv.mapping.declared import NumberField
from stdconv.mapping.models import RouteField, WhenField
from stdconv.mapping.plan import load_plan
from stdconv.proving.prove import prove_yaml
from stdconv.testing import assert_lint_clean, assert_round_trip
from support.paths import CASES

pytestmark = pytest.mark.slow

GOLDEN = sorted(path.parent.name for path in CASES.glob("golden-*/mapping.yaml"))
SHIPPED = {"recode", "wareki", "compact_date", "era_column", "name_separator", "name_parts"}
"""Lenses of the shipped mappings, which have cases of their own."""

UNSEEN = "dialect changed"
"""What no example can show and the vendor's own file does."""

SAMPLE = None if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 20
FOUND = 0.95

every_golden = pytest.mark.parametrize("name", GOLDEN)


@every_golden
def test_lint_has_nothing_to_say_of_a_golden_mapping(name: str) -> None:
    assert_lint_clean(CASES / name / "mapping.yaml")


@every_golden
def test_a_golden_mapping_is_proven(name: str) -> None:
    assert_round_trip(CASES / name / "mapping.yaml", records=8)


def test_every_lens_has_a_golden_case_or_a_shipped_mapping() -> None:
    plans = [load_plan(CASES / name / "mapping.yaml") for name in GOLDEN]
    forms = [form for plan in plans for form in plan.mapping.fields]
    ops = {lens.op for form in forms for steps in form.chains.values() for lens in steps}
    assert ops | SHIPPED == set(LENSES)
    assert {type(form) for form in forms} >= {NumberField, RouteField, WhenField}


def test_a_lookup_by_person_and_history_comes_back_with_an_empty_row_where_it_had_none(tmp_path: Path) -> None:
    case = CASES / "golden-lookup-by-history"
    given, again = case / "households.csv", tmp_path / "again.csv.households.csv"
    convert = ["convert", str(case / "legacy.csv"), "-m", str(case / "mapping.yaml")]
    assert run([*convert, "-o", str(tmp_path / "run"), "--lookup", f"households={given}"]) == 0
    assert run(["restore", str(tmp_path / "run"), "-o", str(tmp_path / "again.csv"), "--lookups"]) == 0
    rows, comes_back = given.read_text(encoding="utf-8").splitlines(), again.read_text(encoding="utf-8").splitlines()
    assert [row for row in comes_back if row != "2,1,,"] == rows
    assert len(comes_back) == len(rows) + 1
    assert run([*convert, "-o", str(tmp_path / "run2"), "--lookup", f"households={again}"]) == 0
    assert (tmp_path / "run2" / "standard.csv").read_bytes() == (case / "standard.csv").read_bytes()


def is_found(mutant: Mutant, file: Path) -> bool:
    """Tell whether lint or the examples find ``mutant`` in the place of the mapping ``file``."""
    file.write_text(mutant.text, encoding="utf-8")
    try:
        return not lint_yaml(mutant.text, str(file)).is_clean or not prove_yaml(mutant.text, str(file), records=0).holds
    except StdconvError:
        return True


@every_golden
def test_wrong_copies_of_a_golden_mapping_are_found(name: str, tmp_path: Path) -> None:
    shutil.copytree(CASES / name, tmp_path, dirs_exist_ok=True)
    plan = load_plan(CASES / name / "mapping.yaml")  # its text has what it takes from elsewhere written in
    wrong = [mutant for mutant in mutants(plan.text, plan.schema) if mutant.kind != UNSEEN]
    if SAMPLE is not None and len(wrong) > SAMPLE:
        wrong = random.Random(name).sample(wrong, SAMPLE)
    survivors = [mutant for mutant in wrong if not is_found(mutant, tmp_path / "mapping.yaml")]
    listed = "\n".join(f"{mutant.kind}: {mutant.what}" for mutant in survivors)
    assert len(survivors) <= (1 - FOUND) * len(wrong), f"{len(survivors)} of {len(wrong)} are not found:\n{listed}"


COPIES = {"table replaced by a copy", "codes copied by position", "codes swapped", "codes shifted"}
"""What lint finds even where the examples are wrong in the same way, if there are wordings on both sides."""


def wrong_copies(name: str, kinds: set[str]) -> list[Mutant]:
    """Return the wrong copies of a mapping of some kinds: at most ten, drawn by chance."""
    plan = load_plan(CASES / name / "mapping.yaml" if name.startswith("golden") else name)
    wrong = [mutant for mutant in mutants(plan.text, plan.schema) if mutant.kind in kinds]
    return random.Random(name).sample(wrong, min(len(wrong), 10))


def test_tables_that_are_copied_or_swapped_are_found_though_the_examples_are_wrong_in_the_same_way() -> None:
    wrong = wrong_copies("vendor-a/resident-link", COPIES)
    assert {mutant.kind for mutant in wrong} >= {"table replaced by a copy", "codes swapped"}
    found = [lint_yaml(misread(mutant).text, "m.yaml") for mutant in wrong]
    assert [mutant.what for mutant, each in zip(wrong, found, strict=True) if each.is_clean] == []


def test_examples_wrong_in_the_same_way_say_what_the_wrong_mapping_makes_of_the_same_records(tmp_path: Path) -> None:
    swap = wrong_copies("golden-recode-several", {"codes swapped"})[0]
    right = load_plan(CASES / "golden-recode-several" / "mapping.yaml").mapping.examples
    shutil.copytree(CASES / "golden-recode-several", tmp_path, dirs_exist_ok=True)
    file = str(tmp_path / "mapping.yaml")
    wrong = misread(swap, file)
    examples = wrong.document["examples"]
    assert [each["legacy"] for each in examples] == [dict(each.legacy) for each in right]
    assert [each.get("standard") for each in examples] != [each.standard and dict(each.standard) for each in right]
    assert not prove_yaml(swap.text, file, records=0).holds
    assert prove_yaml(wrong.text, file, records=0).holds


def test_another_order_of_coalesce_is_found_by_the_examples(tmp_path: Path) -> None:
    for name in ("golden-coalesce", "golden-coalesce-nothing"):
        shutil.copytree(CASES / name, tmp_path, dirs_exist_ok=True)
        wrong = wrong_copies(name, {"order of coalesce"})
        assert wrong
        file = str(tmp_path / "mapping.yaml")
        assert not [each.what for each in wrong if prove_yaml(each.text, file, records=0).holds]
