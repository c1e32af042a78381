"""The JSON Schema of the document, made from its types; `python -m tests.json_schema` writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from enrich.document import (
    FORMAT,
    VERSION,
    AuthorObject,
    DocumentObject,
    ErrorObject,
    LineObject,
    NoticeObject,
    PaperObject,
    PublishedAsObject,
    ReferenceObject,
    SummaryObject,
    TalkObject,
    VersionObject,
    WarningObject,
)
from tests.conftest import ROOT

_DEFINITIONS: dict[type[Struct], str] = {
    TalkObject: "talk",
    LineObject: "line",
    ReferenceObject: "reference",
    PaperObject: "paper",
    AuthorObject: "author",
    VersionObject: "version",
    PublishedAsObject: "published_as",
    ErrorObject: "error",
    WarningObject: "warning",
    NoticeObject: "notice",
    SummaryObject: "summary",
}
_NULLS = ("title", "published", "updated", "latest_version", "category", "venue", "decision",
          "withdrawn", "doi", "published_as", "abstract", "via")  # fmt: skip
"""What an unresolved paper does not have."""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the document; a line of ndjson is `$defs/line`."""
    _, found = msgspec.json.schema_components(
        [DocumentObject, *_DEFINITIONS], ref_template="#/$defs/{name}"
    )
    names = {kind.__name__: name for kind, name in _DEFINITIONS.items()}
    definitions = {name: _definition(found[kind], names) for kind, name in names.items()}
    definitions["paper"] |= {
        "if": {"properties": {"status": {"const": "resolved"}}},
        "then": {
            "properties": {
                "error": {"type": "null"},
                "title": {"type": "string", "minLength": 1},
                "title_text": {"type": "string"},
                "withdrawn": {"type": "boolean"},
            }
        },
        "else": {
            "properties": {
                "error": {"$ref": "#/$defs/error"},
                "authors": {"maxItems": 0},
                "versions": {"maxItems": 0},
                **{key: {"type": "null"} for key in _NULLS},
            }
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_definition(found["DocumentObject"], names),
        "title": f"{FORMAT} {VERSION}",
        "$defs": definitions,
    }


def _definition(made: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return a definition in which every key is required: readers want them all."""
    properties = {key: _property(value, names) for key, value in made["properties"].items()}
    return {
        "description": made["description"],
        "type": "object",
        "required": list(properties),
        "properties": properties,
    }


def _property(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_property(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return {"$ref": "#/$defs/" + names[value["$ref"].rpartition("/")[2]]}
    made = {key: _property(item, names) for key, item in value.items() if key != "default"}
    match made.get("anyOf"):
        case [{"enum": list(words)}, {"type": "null"}]:
            return {"enum": [None, *words]}
        case [{"type": str(name), **rest}, {"type": "null"}]:
            return {**rest, "type": [name, "null"]}
    return made


if __name__ == "__main__":
    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    (ROOT / "enrich/schema.json").write_text(text, encoding="utf-8")
