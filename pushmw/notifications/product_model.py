"""The product model inside events of IoTDA on products; the names are those of the vendor's API."""

from typing import Any

from pushmw.notifications.base import Filled, fill
from pushmw.notifications.iotda_parts import Part


class ValueRange(Part, frozen=True, kw_only=True):
    """What a property or a parameter may hold.

    Attributes:
        data_type: ``int``, ``long``, ``decimal``, ``string``, ``DateTime``, ``jsonObject``,
            ``enum``, ``boolean`` or ``string list``; an open set.
        required: Whether it has to be there.
        enum_list: Values that are allowed.
        min: Smallest value, as text.
        max: Largest value, as text.
        max_length: Length of the longest text.
        step: Step between two values.
        unit: Unit of measure.
        description: Free text.
    """

    data_type: str | None = None
    required: bool | None = None
    enum_list: Filled[tuple[str, ...]] = ()
    min: str | None = None
    max: str | None = None
    max_length: int | None = None
    step: int | float | None = None
    unit: str | None = None
    description: str | None = None

    def __post_init__(self) -> None:
        fill(self, enum_list=tuple)


class ServiceProperty(ValueRange, frozen=True, kw_only=True):
    """A property of a service.

    Attributes:
        property_name: Its name.
        method: What can be done with it: letters of ``R`` (read), ``W`` (write), ``E`` (observe).
        default_value: Its default; any JSON.
    """

    property_name: str | None = None
    method: str | None = None
    default_value: Any = None


class ServiceCommandPara(ValueRange, frozen=True, kw_only=True):
    """A parameter of a command, a response or an event.

    Attributes:
        para_name: Its name.
    """

    para_name: str | None = None


class ServiceCommandResponse(Part, frozen=True, kw_only=True):
    """A response to a command.

    Attributes:
        response_name: Its name.
        paras: Its parameters.
    """

    response_name: str | None = None
    paras: Filled[tuple[ServiceCommandPara, ...]] = ()

    def __post_init__(self) -> None:
        fill(self, paras=tuple)


class ServiceCommand(Part, frozen=True, kw_only=True):
    """A command of a service.

    Attributes:
        command_name: Its name.
        paras: Parameters of the request.
        responses: Responses to it.
    """

    command_name: str | None = None
    paras: Filled[tuple[ServiceCommandPara, ...]] = ()
    responses: Filled[tuple[ServiceCommandResponse, ...]] = ()

    def __post_init__(self) -> None:
        fill(self, paras=tuple, responses=tuple)


class ServiceEvent(Part, frozen=True, kw_only=True):
    """An event of a service.

    Attributes:
        event_type: Its name.
        paras: Its parameters.
    """

    event_type: str | None = None
    paras: Filled[tuple[ServiceCommandPara, ...]] = ()

    def __post_init__(self) -> None:
        fill(self, paras=tuple)


class ServiceCapability(Part, frozen=True, kw_only=True):
    """A service of a product.

    Attributes:
        service_id: Id of the service.
        service_type: Its type.
        description: Free text.
        option: ``Master``, ``Mandatory`` or ``Optional``: whether a device must have it.
        properties: Its properties.
        commands: Its commands.
        events: Its events.
    """

    service_id: str | None = None
    service_type: str | None = None
    description: str | None = None
    option: str | None = None
    properties: Filled[tuple[ServiceProperty, ...]] = ()
    commands: Filled[tuple[ServiceCommand, ...]] = ()
    events: Filled[tuple[ServiceEvent, ...]] = ()

    def __post_init__(self) -> None:
        fill(self, properties=tuple, commands=tuple, events=tuple)


class ProductBody(Part, frozen=True, kw_only=True):
    """A product that was made, changed or deleted; of a deleted one only ids and name.

    Attributes:
        app_id: Resource space.
        app_name: Its name.
        product_id: Id of the product.
        name: Name of the product.
        device_type: Type of its devices.
        protocol_type: ``MQTT``, ``CoAP``, ``HTTP`` or another protocol; an open set.
        data_format: ``json``, or ``binary`` if a codec reads what devices send.
        manufacturer_name: Name of the maker.
        industry: Industry it is for.
        description: Free text.
        create_time: When it was made, UTC, as ``20210405T060708Z``.
        service_capabilities: The product model, an entry for each service.
    """

    app_id: str | None = None
    app_name: str | None = None
    product_id: str | None = None
    name: str | None = None
    device_type: str | None = None
    protocol_type: str | None = None
    data_format: str | None = None
    manufacturer_name: str | None = None
    industry: str | None = None
    description: str | None = None
    create_time: str | None = None
    service_capabilities: Filled[tuple[ServiceCapability, ...]] = ()

    def __post_init__(self) -> None:
        fill(self, service_capabilities=tuple)
