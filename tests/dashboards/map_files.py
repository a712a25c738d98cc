"""Display geometry small enough to know by heart: three banners of one degree by one, side by side from 107 E, 39 N."""

import gzip
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

AREAS = ["150602", "150621", "150622"]


def write_squares(folder: Path, level: str = "county", area_ids: Sequence[str] = AREAS, members=None) -> str:
    """A square for each area, three by default, in a site's folder of map files; returns the file's address.

    members: area_id of a square -> the areas that share it.
    """
    features = [
        {
            "type": "Feature",
            "id": area_id,
            "properties": {
                "area_id": area_id,
                "name_zh": area_id,
                "name_en": "",
                "is_illustrative": False,
                "label": [x + 0.5, 39.5],
            },
            "geometry": {"type": "Polygon", "coordinates": [[[x, 39], [x + 1, 39], [x + 1, 40], [x, 40], [x, 39]]]},
        }
        for x, area_id in enumerate(area_ids, start=107)
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    digest = hashlib.sha256(content).hexdigest()[:12]
    file = f"{level}/150600-{digest}.json"
    (folder / "geo" / level).mkdir(parents=True)
    (folder / "geo" / file).write_bytes(content)
    (folder / "geo" / f"{file}.gz").write_bytes(gzip.compress(content))
    layer = {"level": level, "parent_id": "150600", "file": file, "hash": digest, "area_ids": list(area_ids)}
    layer |= {"members": members} if members else {}
    layer |= {
        "is_illustrative": False,
        "source": "天地图",
        "review_number": "GS(2024)0650号",
        "bounds": [107, 39, 107 + len(area_ids), 40],
    }
    (folder / "geo" / "manifest.json").write_text(json.dumps({"layers": [layer]}), encoding="utf-8")
    return f"/geo/{file}"
