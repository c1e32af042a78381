"""Arrow types of talks, references and papers, made from the document's own types. Needs pyarrow.

An object becomes a struct with the document's keys in order; an object with free keys (`texts`,
`dates`) becomes a map. A null of the document is a null.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from msgspec import Struct, inspect, to_builtins

from enrich.document import LineObject, PaperObject, ReferenceObject, TalkObject


def arrow_type(kind: type[Struct]) -> pa.DataType:
    """Return the Arrow type of one of the document's objects."""
    return _convert_type(inspect.type_info(kind))


def arrow_array(objects: Iterable[Struct | None], type_: pa.DataType) -> pa.Array:
    """Return objects of the document as an array of their type."""
    values = [None if each is None else fit_value(to_builtins(each), type_) for each in objects]
    return make_array(values, type_)


def make_array(values: list[Any], type_: pa.DataType) -> pa.Array:
    """Return values as an array.

    Lone surrogates, which no column can hold, become question marks.
    """
    try:
        return pa.array(values, type_)
    except UnicodeEncodeError:
        return pa.array(_replace_surrogates(values), type_)


def fit_value(value: Any, type_: pa.DataType) -> Any:
    """Return a value with its maps as lists of pairs, which Arrow needs."""
    if value is None:
        return None
    if pa.types.is_map(type_):
        return list(value.items())
    if pa.types.is_struct(type_):
        return {field.name: fit_value(value.get(field.name), field.type) for field in type_}
    if pa.types.is_list(type_):
        return [fit_value(item, type_.value_type) for item in value]
    return value


def _replace_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, (list, tuple)):
        return [_replace_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {key: _replace_surrogates(item) for key, item in value.items()}
    return value


def _convert_type(kind: inspect.Type) -> pa.DataType:
    match kind:
        case inspect.Metadata(type=inner):
            return _convert_type(inner)
        case inspect.StrType() | inspect.LiteralType():
            return pa.string()
        case inspect.IntType():
            return pa.int64()
        case inspect.BoolType():
            return pa.bool_()
        case inspect.ListType(item_type=item):
            return pa.list_(_convert_type(item))
        case inspect.DictType(key_type=key, value_type=value):
            return pa.map_(_convert_type(key), _convert_type(value))
        case inspect.StructType(fields=fields):
            return pa.struct([(field.encode_name, _convert_type(field.type)) for field in fields])
        case inspect.UnionType(types=types):
            (only,) = [each for each in types if not isinstance(each, inspect.NoneType)]
            return _convert_type(only)
        case _:
            raise TypeError(f"{kind} has no Arrow type here")


REFERENCE = arrow_type(ReferenceObject)
PAPER = arrow_type(PaperObject)
TALK = arrow_type(TalkObject)
LINE = arrow_type(LineObject)
"""A talk with its own papers, as a line of ndjson."""
