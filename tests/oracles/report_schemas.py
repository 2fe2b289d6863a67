"""Reports held against what publishes their forms: our own schema, SARIF's, and the XSD of Jenkins' xUnit plugin."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import xmlschema
from jsonschema import Draft4Validator, Draft202012Validator

from support.paths import SCHEMAS, TESTS

REFERENCE = TESTS / "reference"

XSD = xmlschema.XMLSchema(REFERENCE / "junit-10.xsd")
SARIF = Draft4Validator(json.loads((REFERENCE / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8")))
REPORT = Draft202012Validator(
    json.loads((SCHEMAS / "report.schema.json").read_text(encoding="utf-8")),
    format_checker=Draft202012Validator.FORMAT_CHECKER,
)


def admitted(form: str, out: str) -> Any:
    """Return a report as JSON or as an XML tree, held against the schema of its form."""
    if form == "junit":
        XSD.validate(out)
        return ET.fromstring(out)  # noqa: S314 -- written here
    document = json.loads(out)
    (SARIF if form == "sarif" else REPORT).validate(document)
    return document
