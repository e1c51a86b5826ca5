"""The map's frame: drawn by folium once a version, and never while a page looks for news. One process, no network."""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient

from benchmarks import databases
from benchmarks.figures import Figures
from portal.app import create_app
from portal.clock import ManualClock
from portal.config import Settings
from portal.demo import drawing, town
from portal.domain.geo import Point
from portal.web import map_drawing
from tests.dispatch import DOOR, new_dispatch, shipment

LOOKS = 1_000
AT = datetime(2026, 6, 15, 13, 0, tzinfo=UTC)
SECRET = "bench-" + "k" * 40


def run(figures: Figures) -> None:
    """Goals: nothing drawn in 1,000 looks for news, one frame in 1,000 maps of one version."""
    with databases.fresh("sqlite", lambda session: None) as url, tempfile.TemporaryDirectory() as folder:
        place, streets = town.build(), Path(folder) / "town.geojson"
        streets.write_text(drawing.text(place), encoding="utf-8")
        settings = Settings(
            _env_file=None,
            database_url=url,
            secret_key=SECRET,
            map_streets=streets,
            instance_path=Path(folder),
        )
        app = create_app(settings, clock=ManualClock(AT))
        measure(figures, app, heading_to(app, place))


def heading_to(app: Flask, place: town.Town) -> str:
    """The path of a page whose van is on the map."""
    dispatch, home = new_dispatch(app), place.doors[60]
    lat, lng = town.latlng(home.at)
    (told,) = dispatch.ships(shipment(address=DOOR | {"lat": lat, "lng": lng, "timezone": "UTC"}))
    dispatch.drives("R-1", "V-1", AT, "A-1")
    dispatch.happens("A-1", "out_for_delivery", AT)
    dispatch.stands("V-1", lat + 0.006, lng + 0.004, AT + timedelta(seconds=1))
    return str(urlsplit(told["link"]).path)


def measure(figures: Figures, app: Flask, page: str) -> None:
    client, built = app.test_client(), map_drawing.drawn.built
    polled = ms_each(client, f"{page}/live")
    figures.add("map_frames_drawn_by_polls", map_drawing.drawn.built - built, "frames", "<= 0", polls=LOOKS)
    shown = ms_each(client, f"{page}/map")
    figures.add("map_frames_drawn_a_version", map_drawing.drawn.built - built, "frames", "<= 1", maps=LOOKS)
    pictured = ms_each(client, f"{page}/map.svg")
    figures.add(
        "map_frame_drawn",
        drawn_ms(app),
        "ms",
        answered_ms=shown,
        poll_ms=polled,
        picture_ms=pictured,
        frame_bytes=len(client.get(f"{page}/map").data),
        picture_bytes=len(client.get(f"{page}/map.svg").data),
    )


def ms_each(client: FlaskClient, path: str) -> float:
    """The median of many answers of this process."""
    return statistics.median(ms(lambda: client.get(path)) for _ in range(LOOKS))


def drawn_ms(app: Flask) -> float:
    """What folium takes for a frame."""
    door = Point(town.MIDDLE_LAT, town.MIDDLE_LNG)
    box, streets = map_drawing.part_of_town(door), app.extensions["doorstep"].settings.streets
    draw = map_drawing.drawn.__wrapped__  # type: ignore[attr-defined]
    return statistics.median(ms(lambda: draw(door, box, streets, "", "")) for _ in range(20))


def ms(work: Callable[[], object]) -> float:
    """The milliseconds it takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1_000
