"""Boundaries: a file of polygons into the store, and from the store the files a browser draws.

The display files and their manifest (what the map reads; made again by every import of boundaries):

    FOLDER/manifest.json                       FOLDER is settings.data_folder / "geo", served as /geo/
    FOLDER/<level>/<parent>-<hash>.json        and the same with .gz: what /geo/<level>/<parent>-<hash>.json sends

    manifest.json = {"layers": [{
        "level": "township",                   level of the features
        "parent_id": "150600",                 they lie in this area: the level above, or any level higher; "all": no parent
        "file": "township/150600-3f9c2a71b0de.json",   relative to FOLDER
        "hash": "3f9c2a71b0de",                first 12 hex digits of SHA-256 of the file's bytes
        "area_ids": ["150602001", ...],        one for each feature, in the file's order: values travel in this order
        "members": {"150602001": ["150602001", "150602002", ...]},   features that stand for several areas; else absent
        "is_illustrative": true,               true if any feature is 示意 (not an administrative boundary)
        "source": "...", "review_number": "...",       review_number "" where there is none
        "bounds": [west, south, east, north]   degrees
    }, ...]}                                   layers in order of level (largest areas first), then parent_id

A file is a GeoJSON FeatureCollection, longitude/latitude in CGCS2000. Each feature: "id" (the area_id) and properties
area_id, name_zh, name_en ("" where unknown), is_illustrative, label [lon, lat]. Geometry: Polygon or MultiPolygon on a
grid of 1e-4 degrees (1e-5 for small extents), coverage-simplified: for drawing, never for measuring.

A feature with members is one illustrative cell shared by several areas (the sub-districts of a town). The map paints it
with the members' counts added up (numerators and denominators), never with one member's figure.
"""
