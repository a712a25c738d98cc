"""Display geometry small enough to know by heart: three banners of one degree by one, side by side from 107 E, 39 N."""

import gzip
import hashlib
import json
from pathlib import Path

AREAS = ["150602", "150621", "150622"]


def write_squares(folder: Path) -> str:
    """Three squares in a site's folder of map files; returns the file's address."""
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
        for x, area_id in enumerate(AREAS, start=107)
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    digest = hashlib.sha256(content).hexdigest()[:12]
    file = f"county/150600-{digest}.json"
    (folder / "geo" / "county").mkdir(parents=True)
    (folder / "geo" / file).write_bytes(content)
    (folder / "geo" / f"{file}.gz").write_bytes(gzip.compress(content))
    layer = {"level": "county", "parent_id": "150600", "file": file, "hash": digest, "area_ids": AREAS}
    layer |= {
        "is_illustrative": False,
        "source": "天地图",
        "review_number": "GS(2024)0650号",
        "bounds": [107, 39, 110, 40],
    }
    (folder / "geo" / "manifest.json").write_text(json.dumps({"layers": [layer]}), encoding="utf-8")
    return f"/geo/{file}"
