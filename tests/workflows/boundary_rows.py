"""Areas and boundary files that tests of boundaries start from."""

import json

import numpy as np
import pandas as pd
import shapely

from data_access.engine import writing
from data_access.registers import write_register
from demo import places
from geo.datum import from_wgs84

WEST, EAST = shapely.box(109, 39, 110, 40), shapely.box(110, 39, 111, 40)


def write_square_areas(engine):
    """A made-up prefecture of two square counties, in codes that no known outline has."""
    rows = [["xx", "prefecture", None], ["xx-w", "county", "xx"], ["xx-e", "county", "xx"]]
    frame = pd.DataFrame(rows, columns=["area_id", "level", "parent_id"])
    _write(engine, frame.assign(name_zh=frame["area_id"]))


def write_ordos_areas(engine):
    """Ordos, its banners and townships."""
    frame = places.areas().drop(columns=["declared_datum", "valid_to", "merged_into"])
    frame = frame[frame["area_id"] != places.FORMER_TOWNSHIP]
    _write(engine, frame.assign(is_unit=frame["is_unit"].fillna("是") == "是"))


def _write(engine, frame):
    with writing(engine) as connection:
        write_register(connection, "areas", frame, None)


def feature(area_id, geometry, column="area_id"):
    shape = geometry if isinstance(geometry, dict | None) else shapely.geometry.mapping(geometry)
    return {"type": "Feature", "properties": {column: area_id}, "geometry": shape}


def geojson(path, *features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return path


def in_datum(geometry, datum):
    """The geometry with every vertex moved from WGS-84 into another datum, as a map service would draw it."""
    return shapely.transform(geometry, lambda points: np.column_stack(from_wgs84(points[:, 0], points[:, 1], datum)))
