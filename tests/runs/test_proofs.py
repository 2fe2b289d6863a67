"""A run stands on a proof: the one that was given, of this very mapping, or none; it is kept and said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import stdconv
from support.commandline import said
from support.mappings import changed
from support.paths import EXAMPLES, MAPPINGS

pytestmark = pytest.mark.slow

A = "vendor-a/resident-link"
SHIPPED = (MAPPINGS / f"{A}.yaml").read_text(encoding="utf-8")
FILE = EXAMPLES / "vendor_a.csv"
UNEXPLAINED = "    because: B社の「住民種別」は標準の住民状態に当たり、標準の住民種別（日本人・外国人の別）ではない\n"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The proof of A社's shipped mapping, as the command writes it."""
    return stdconv.prove(A, records=1).document()


def given(folder: Path, document: object) -> Path:
    """Return a file of ``folder`` with a proof."""
    file = folder / "given.json"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return file


def test_a_proof_says_what_it_is_of(document: dict[str, Any]) -> None:
    assert document["mapping_sha256"] == hashlib.sha256(SHIPPED.encode()).hexdigest()
    assert document["stdconv"] == stdconv.__version__
    assert (document["format"], document["only"], document["holds"]) == (1, None, True)
    assert document["lint"] == {"faults": 0, "warnings": {}}
    assert stdconv.prove(A, only="examples").document()["lint"] is None
    assert stdconv.prove(A, records=0).document()["lint"] is None


def test_a_proof_says_what_lint_warned_of(tmp_path: Path) -> None:
    text = changed((MAPPINGS / "vendor-b/resident-link.yaml").read_text(encoding="utf-8"), (UNEXPLAINED, ""))
    (tmp_path / "b.yaml").write_text(text, encoding="utf-8")
    lint = stdconv.prove(tmp_path / "b.yaml", records=1).lint
    assert lint is not None
    assert lint.model_dump() == {"faults": 0, "warnings": {"M0050": 1}}


def test_a_run_keeps_its_proof_and_says_what_it_says(
    document: dict[str, Any], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    document = document | {"lint": {"faults": 0, "warnings": {"M0050": 2, "M0056": 1}}}
    proof, run = given(tmp_path, document), tmp_path / "run"
    code, _, err = said(capfd, "convert", FILE, "-m", A, "-o", run, "--proof", proof)
    sha256 = hashlib.sha256(proof.read_bytes()).hexdigest()
    tried = f"9 examples came true, and the laws hold on {document['records']} generated records (seed 0)"
    lines = f"\nproven: {tried}; SHA-256 of the proof {sha256}\nlint: faults 0, warnings 3 (M0050 ×2, M0056 ×1)\n"
    assert code == 0, err
    assert lines in err
    assert (run / "proof.json").read_bytes() == proof.read_bytes()
    words = ("--report", f"junit={tmp_path / 'x.xml'}", "--report", f"sarif={tmp_path / 'x.sarif'}", "--force")
    assert said(capfd, "convert", FILE, "-m", A, "-o", run, "--proof", proof, *words)[0] == 0
    assert f'name="mapping_proof" value="{sha256}"' in (tmp_path / "x.xml").read_text(encoding="utf-8")
    assert f'"mapping_proof": "{sha256}"' in (tmp_path / "x.sarif").read_text(encoding="utf-8")
    used = json.loads((run / "manifest.json").read_bytes())["mapping_used"]
    assert used == json.loads((run / "report.json").read_bytes())["mapping_used"]
    assert used["lint"] == document["lint"]
    names = ("examples", "files", "records", "accepted", "refused", "seed")
    assert used["proof"] == {"sha256": sha256} | {name: document[name] for name in names}
    code, out, _ = said(capfd, "verify", run)
    assert code == 0
    assert lines in out
    assert f"\n{sha256}  proof.json\n" in out
    code, out, _ = said(capfd, "verify", run, "--lang", "ja")
    assert "\nlint: 誤り 0 件、警告 3 件（M0050 ×2、M0056 ×1）\n" in out
    (run / "proof.json").unlink()
    assert said(capfd, "verify", run)[0] == 4


def test_without_a_proof_a_run_says_that_it_is_not_proven(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _, out, err = said(capfd, "convert", FILE, "-m", A, "-o", tmp_path / "run", "--lang", "ja")
    assert "\n証明なし: " in out + err
    assert "\nnot proven: " in said(capfd, "verify", tmp_path / "run")[1]
    assert not (tmp_path / "run" / "proof.json").exists()


WRONG: dict[str, tuple[str, Callable[[dict[str, Any]], object]]] = {
    "an array": ("C0130", lambda proof: [proof]),
    "a report": ("C0130", lambda proof: {"format": 1, "command": "prove", "exit_code": 0}),
    "nothing": ("C0130", lambda proof: {}),
    "a key more": ("C0130", lambda proof: proof | {"note": "x"}),
    "a key less": ("C0130", lambda proof: {key: each for key, each in proof.items() if key != "lint"}),
    "a number as a text": ("C0130", lambda proof: proof | {"records": "300"}),
    "a number that is true": ("C0130", lambda proof: proof | {"seed": True}),
    "a negative number": ("C0130", lambda proof: proof | {"refused": -1}),
    "holds as a number": ("C0130", lambda proof: proof | {"holds": 1}),
    "faults although it holds": ("C0130", lambda proof: proof | {"faults": [{"code": "P0001"}]}),
    "a long version": ("C0130", lambda proof: proof | {"stdconv": "1" * 10_000}),
    "a warning that is a text": ("C0130", lambda proof: proof | {"lint": {"faults": 0, "warnings": {"山田": 1}}}),
    "lint not asked": ("C0130", lambda proof: proof | {"lint": None}),
    "a newer format": ("C0131", lambda proof: proof | {"format": 2}),
    "another mapping": ("C0132", lambda proof: proof | {"mapping_sha256": "0" * 64}),
    "another schema": ("C0132", lambda proof: proof | {"digest": "0" * 64}),
    "another version": ("C0132", lambda proof: proof | {"stdconv": "0.0.9"}),
    "one that does not hold": ("C0133", lambda proof: proof | {"holds": False}),
    "a mapping with faults": ("C0133", lambda proof: {"format": 1, "file": "a", "holds": False, "faults": []}),
    "examples only": ("C0134", lambda proof: proof | {"only": "examples"}),
    "laws only": ("C0134", lambda proof: proof | {"only": "laws"}),
    "no records": ("C0134", lambda proof: proof | {"records": 0}),
}
BYTES = {
    "empty": b"",
    "no JSON": b"proof",
    "not UTF-8": '{"holds": true, "file": "甲"}'.encode("cp932"),
    "UTF-16": '{"holds": true}'.encode("utf-16"),
    "deep": b'{"holds": ' + b"[" * 100_000,
    "a number of many digits": b'{"holds": true, "records": ' + b"9" * 10_000 + b"}",
    "large": b'{"holds": true}' + b" " * (1 << 20),
}


def test_what_is_no_proof_of_this_mapping_is_refused_before_anything_is_read(
    document: dict[str, Any], tmp_path: Path
) -> None:
    run = tmp_path / "run"
    for name, (code, change) in WRONG.items():
        proof = given(tmp_path, change(document))
        with pytest.raises(stdconv.DefinitionError) as caught:
            stdconv.convert_file(tmp_path / "nowhere.csv", A, run, proof=proof)
        assert [each.code for each in caught.value.faults] == [code], name
    for name, data in BYTES.items():
        (tmp_path / "given.json").write_bytes(data)
        with pytest.raises(stdconv.DefinitionError) as caught:
            stdconv.convert_file(tmp_path / "nowhere.csv", A, run, proof=tmp_path / "given.json")
        assert [each.code for each in caught.value.faults] == ["C0130"], name
    assert not run.exists()
    (tmp_path / "folder").mkdir()
    with pytest.raises(stdconv.UnreadableError):
        stdconv.convert_file(FILE, A, run, proof=tmp_path / "folder")


def test_a_proof_of_the_mapping_before_a_change_is_none_of_it_now(document: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "copy.yaml").write_text(f"{SHIPPED}# 例\n", encoding="utf-8")
    with pytest.raises(stdconv.DefinitionError, match="C0132"):
        stdconv.convert_file(FILE, tmp_path / "copy.yaml", tmp_path / "run", proof=given(tmp_path, document))


def test_a_proof_is_of_the_whole_mapping_with_what_it_takes_from_other_files(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(f"extends: {A}\nid: city/resident-link\n", encoding="utf-8")
    plan = stdconv.load_mapping(tmp_path / "own.yaml")
    for each in (tmp_path / "own.yaml", plan):
        proof = given(tmp_path, stdconv.prove(each, records=1).document())
        report = stdconv.convert_file(FILE, plan, tmp_path / "run", proof=proof, force=True)
        assert report.mapping_used is not None
        assert report.mapping_used.proof is not None


def test_the_proof_is_not_written_over(document: dict[str, Any], tmp_path: Path) -> None:
    proof = given(tmp_path, document)
    with pytest.raises(stdconv.DefinitionError, match="C0048"):
        stdconv.convert_file(FILE, A, proof, proof=proof, force=True)
    assert json.loads(proof.read_bytes()) == document
