"""Lockers and slots as they are told, by the API, a page or a command, made into ours."""

from typing import Any

from pydantic import ValidationError

from portal.domain.lockers import Compartment, Locker
from portal.domain.slots import Slot
from portal.flows.operate_terms import Several
from portal.web.batches import errors_of
from portal.web.schemas import LockerIn, SlotIn


def locker_of(told: LockerIn) -> Locker:
    """A locker as it is kept."""
    boxes = tuple(
        Compartment(
            0,
            box.size,
            box.width_mm,
            box.height_mm,
            box.depth_mm,
            box.count,
            box.count,
            box.max_weight_g,
            box.low,
        )
        for box in told.compartments
    )
    return Locker(
        0,
        told.locker,
        told.name,
        told.address,
        told.lat,
        told.lng,
        told.hours,
        told.reachable,
        told.hold_hours,
        boxes,
        told.sort,
    )


def slot_of(told: SlotIn) -> Slot:
    """A slot as it is kept."""
    return Slot(0, told.slot, told.zone, told.start, told.end, told.capacity, 0, told.closes_at)


def read_locker(fields: dict[str, Any]) -> Locker:
    """A locker of typed fields. Raises `Wrong` that names each field which does not fit."""
    return locker_of(_read(LockerIn, fields, "locker"))


def read_slot(fields: dict[str, Any]) -> Slot:
    """A slot of typed fields. Raises `Wrong` that names each field which does not fit."""
    return slot_of(_read(SlotIn, fields, "end"))


def _read(model: Any, fields: dict[str, Any], whole: str) -> Any:
    """The model of these fields; an error of the whole is said at the field `whole`."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        sentences: dict[str, str] = {}
        for one in errors_of(error, ""):
            name = one["pointer"].strip("/").partition("/")[0]
            sentences.setdefault(name if name in fields else whole, one["detail"])
        raise Several({name: f"{name}: {said}" for name, said in sentences.items()}) from error
