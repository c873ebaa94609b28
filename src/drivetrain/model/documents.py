"""Turns values into JSON documents and back, and a type into its JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

import msgspec

Item = TypeVar("Item")
Document = TypeVar("Document")


class FrozenMap(Mapping[str, Item], Generic[Item]):
    """A mapping that can be hashed and never changes, so that values stay frozen to the bottom; JSON shows it as an object."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, Item] | None = None) -> None:
        self._items: dict[str, Item] = dict(items or {})

    def __getitem__(self, key: str) -> Item:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._items.items(), key=lambda item: item[0])))

    def __repr__(self) -> str:
        return f"FrozenMap({self._items!r})"


def to_builtins(value: Any) -> Any:
    """Gives the value as dicts, lists, strings and numbers, as its JSON document shows it."""
    return msgspec.to_builtins(value, enc_hook=_encoded)


def encode(value: Any) -> bytes:
    """Gives the value as one JSON document, indented for people, with a newline at its end."""
    try:
        text = msgspec.json.encode(value, enc_hook=_encoded)
    except UnicodeEncodeError:
        # Python reads a file name that is no UTF-8 as one with lone surrogates, which no JSON can hold.
        text = msgspec.json.encode(_readable(to_builtins(value)))
    return msgspec.json.format(text, indent=1) + b"\n"


def decode(text: bytes | str, kind: type[Document]) -> Document:
    """Reads a JSON document into a value of that type; raises `msgspec.ValidationError`, which names the path to the fault."""
    return msgspec.json.decode(text, type=kind, dec_hook=_decoded)


def convert(value: Any, kind: type[Document]) -> Document:
    """Reads builtins (of a JSON or TOML file already parsed) into a value of that type; raises `msgspec.ValidationError`."""
    return msgspec.convert(value, type=kind, dec_hook=_decoded)


def schema_of(kind: type) -> dict[str, Any]:
    """Gives the JSON Schema of a type."""
    return msgspec.json.schema(kind, schema_hook=_schema)


def _readable(value: Any) -> Any:
    """Gives builtins in which "?" stands for every character that UTF-8 cannot hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_readable(key): _readable(each) for key, each in value.items()}
    return [_readable(each) for each in value] if isinstance(value, (list, tuple)) else value


def _encoded(value: Any) -> Any:
    if isinstance(value, FrozenMap):
        return dict(value)
    raise NotImplementedError(f"{type(value).__name__} has no JSON form")


def _decoded(kind: Any, value: Any) -> Any:
    if getattr(kind, "__origin__", kind) is FrozenMap:
        if not isinstance(value, dict):
            raise ValueError(f"expected object, got {type(value).__name__}")
        (item,) = getattr(kind, "__args__", (Any,))
        return FrozenMap({key: convert(each, item) for key, each in value.items()})
    raise NotImplementedError(f"{kind} has no JSON form")


def _schema(kind: Any) -> dict[str, Any]:
    if getattr(kind, "__origin__", kind) is FrozenMap:
        (item,) = getattr(kind, "__args__", (Any,))
        inner = {} if item is Any or isinstance(item, TypeVar) else schema_of(item)
        return {"type": "object", "additionalProperties": inner}
    raise NotImplementedError(f"{kind} has no JSON Schema")
