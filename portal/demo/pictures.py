"""What a driver's device shows of a hand-over: a photo of the doorstep and a signature, drawn on the spot."""

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from portal.demo.papers import Paper

SIZE = (480, 360)
GROUND = 285
WALLS = ("#c9b8a3", "#b9c4c9", "#d3c4b1", "#aebaa7")
DOORS = ("#3d5a50", "#7a3b34", "#2f4766", "#5b4a78")
BOX, TAPE = "#b98a53", "#d9bd8f"
PAPER, INK = (420, 160), "#1d2b53"

PHOTO, SIGNATURE = "photo", "signature"


def picture(sort: str, of: str) -> bytes:
    """A picture of this sort, PNG; `of` is the shipment, and the same picture every time."""
    return _png(_doorstep(Random(of)) if sort == PHOTO else _signature(Random(of)))


def shown(reference: str, shipper: str, event_id: str, sort: str) -> Paper:
    """The form that goes with a picture to `POST /api/v1/proofs`."""
    return {"shipment": reference, "shipper": shipper, "event_id": event_id, "sort": sort}


def _doorstep(rng: Random) -> Image.Image:
    image = Image.new("RGB", SIZE, rng.choice(WALLS))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, GROUND, *SIZE), fill="#8d8a84")
    left = rng.randrange(60, 230)
    draw.rectangle((left, 70, left + 120, GROUND), fill=rng.choice(DOORS), outline="#2a2a2a", width=3)
    draw.ellipse((left + 98, 180, left + 110, 192), fill="#d8c26a")
    width, height = rng.randrange(90, 140), rng.randrange(60, 90)
    box = left + rng.randrange(60, 120)
    draw.rectangle(
        (box, GROUND + 25 - height, box + width, GROUND + 25), fill=BOX, outline="#7d5a31", width=2
    )
    draw.rectangle((box, GROUND + 15 - height // 2, box + width, GROUND + 23 - height // 2), fill=TAPE)
    return image


def _signature(rng: Random) -> Image.Image:
    image = Image.new("RGB", PAPER, "#ffffff")
    strokes = [(x, 80 + rng.randrange(-45, 45)) for x in range(50, 370, rng.randrange(12, 20))]
    ImageDraw.Draw(image).line(strokes, fill=INK, width=4, joint="curve")
    return image


def _png(image: Image.Image) -> bytes:
    into = BytesIO()
    image.save(into, "PNG")
    return into.getvalue()
