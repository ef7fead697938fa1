"""The kinds as the peers decode them: the same members, types and defaults for all."""

from typing import Annotated, Any, Final, Literal, Union

from msgspec import NODEFAULT, inspect
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, create_model

from pushmw.notifications import LEGACY_KINDS
from pushmw.notifications.iotda import IOTDA_KINDS

# Told apart by `notifyType`; a command state has none.
_STRUCTS: Final = {
    kind: struct for kind, struct in LEGACY_KINDS.items() if struct.__struct_config__.tag
}
TAGGED: Final = Union[tuple(_STRUCTS.values())]  # noqa: UP007 - built at run time


class _Base(BaseModel):
    model_config = ConfigDict(populate_by_name=True)


_PLAIN: Final[dict[type[inspect.Type], Any]] = {
    inspect.StrType: str,
    inspect.IntType: int,
    inspect.FloatType: float,
    inspect.BoolType: bool,
    inspect.NoneType: None,
    inspect.AnyType: Any,
}
_TELLING: Final = {"notifyType": "notify_type", "resource": "resource"}
_made: dict[type, type[BaseModel]] = {}


def _annotation(kind: inspect.Type) -> Any:
    if isinstance(kind, inspect.UnionType):
        return Union[tuple(_annotation(each) for each in kind.types)]  # noqa: UP007 - as above
    if isinstance(kind, inspect.StructType):
        return _model(kind)
    if isinstance(kind, inspect.VarTupleType | inspect.ListType):
        return list[_annotation(kind.item_type)]
    if isinstance(kind, inspect.DictType):
        return dict[str, Any]
    if isinstance(kind, inspect.LiteralType):
        return Literal[kind.values]
    return _PLAIN[type(kind)]


def _model(struct: inspect.StructType) -> type[BaseModel]:
    if struct.cls not in _made:
        _made[struct.cls] = create_model(struct.cls.__name__, __base__=_Base, **_fields(struct))
    return _made[struct.cls]


def _fields(struct: inspect.StructType) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if struct.tag_field:
        name = _TELLING[struct.tag_field]
        fields[name] = (Literal[struct.tag], Field(alias=struct.tag_field))
    for field in struct.fields:
        # Second spellings, and members that must not be there: only pushmw looks for them.
        if field.name.startswith("_") or isinstance(field.type, inspect.CustomType):
            continue
        default = ... if field.required else None
        if not field.required and field.default is not NODEFAULT:
            default = field.default
        annotation = _annotation(field.type)
        fields[field.name] = (annotation, Field(default, alias=field.encode_name))
    return fields


MODELS: Final[dict[str, type[BaseModel]]] = {
    kind: _model(inspect.type_info(struct)) for kind, struct in _STRUCTS.items()
}
UNION: Final = Annotated[Union[tuple(MODELS.values())], Field(discriminator="notify_type")]  # noqa: UP007 - as above


def _pair(push: Any) -> str:
    return f"{push['resource']}:{push['event']}"


IOTDA_UNION: Final = Annotated[
    Union[  # noqa: UP007 - as above
        tuple(
            Annotated[_model(inspect.type_info(struct)), Tag(kind)]
            for kind, struct in IOTDA_KINDS.items()
        )
    ],
    Discriminator(_pair),
]
