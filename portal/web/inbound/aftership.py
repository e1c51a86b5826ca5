"""AfterShip's tracking updates: each call tells every checkpoint. https://www.aftership.com/docs/tracking/webhook"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import tzinfo
from typing import Annotated

from portal.domain.taxonomy import meaning
from portal.flows.outside import Said
from portal.web.inbound.reading import (
    Part,
    Parts,
    Theirs,
    Words,
    moment,
    name_of,
    names,
    oldest_first,
    read,
    said,
)


class Checkpoint(Theirs):
    checkpoint_time: Words = ""
    tag: Words = ""
    subtag: Words = ""
    message: Words = ""
    city: Words = ""


class Tracking(Theirs):
    tracking_number: Words = ""
    order_id: Words = ""
    order_number: Words = ""
    checkpoints: Annotated[tuple[Checkpoint, ...], Parts] = ()


class Call(Theirs):
    event: Words = ""
    msg: Annotated[Tracking, Part] = Tracking()


def is_theirs(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """The base64 of the HMAC-SHA256 of the raw body."""
    right = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(right, headers.get("aftership-hmac-sha256", "").encode())


def told(body: bytes, zone: tzinfo) -> list[Said]:
    """Every checkpoint, oldest first; a call without one, such as a new estimate, says nothing."""
    call = read(Call, body)
    if not call.msg.checkpoints:
        return [Said((), None, call.event)]
    return oldest_first(_said(call.msg, one, zone) for one in call.msg.checkpoints)


def _said(of: Tracking, one: Checkpoint, zone: tzinfo) -> Said:
    # A sub-tag says more than its tag; one that we do not know is read as the tag.
    word = one.subtag if meaning("aftership", one.subtag) else one.tag
    return said(
        "aftership",
        names(of.tracking_number, of.order_id, of.order_number),
        name_of(of.tracking_number, one.checkpoint_time, one.tag, one.subtag),
        moment(one.checkpoint_time, zone),
        word,
        place=one.city,
        note=one.message,
    )
