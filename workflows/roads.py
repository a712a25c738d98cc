"""Road networks: a file of lines checked, kept under the data folder with a record of who sent it, and read again.

The record is a submission of kind `roads` (who, when, hash, undo); the newest that stands is in force. Its lines, in WGS-84
with speed and direction, are roads/<hash>.parquet in the data folder, and roads/<hash>.json says what was found in them.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import Engine

from data_access import areas as areas_store
from data_access import submissions
from data_access.engine import writing
from data_access.errors import InputError
from geo.datum import parse_datum
from geo.network import BOTH_WAYS, RoadNetwork
from geo.projections import LON_LAT
from workflows.road_files import Roads, read_roads

KIND = "roads"
FOLDER = "roads"
OUTSIDE_REFUSED, OUTSIDE_SAID = (
    0.5,
    0.01,
)  # of the vertices: roads of a neighbour are welcome, another prefecture's are not
MARGIN_DEGREES = 0.3  # about 30 km round the districts: the way to a hospital across the border
PARTS_SAID = 0.98
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class RoadsImported:
    """What an import of roads did; submission_id is None after a dry run or for a file already imported."""

    submission_id: int | None
    already_imported: bool
    notes: tuple[str, ...]  # in Chinese, for the clerk
    about: dict[
        str, Any
    ]  # what was found: lines, segments, length_km, parts, largest_share, one_way, speeds, source, datum


@dataclass(frozen=True)
class RoadRecord:
    """The network in force. network_hash: of its file. about: as RoadsImported's."""

    submission_id: int
    network_hash: str
    path: Path
    about: dict[str, Any]
    file_name: str
    received_at: datetime
    received_from: str
    is_demo: bool


def import_roads(
    engine: Engine,
    path: Path,
    *,
    datum: str,
    source: str,
    received_from: str,
    data_folder: Path,
    speed_kmh: float | None = None,
    file_name: str | None = None,
    received_at: datetime | None = None,
    is_demo: bool = False,
    dry_run: bool = False,
    progress: Progress = lambda _share, _words: None,
) -> RoadsImported:
    """Check a file of roads and keep it: all of it or, with InputError that lists every fault, nothing.

    datum: how the file's numbers are to be read (CGCS2000, WGS-84, GCJ-02, BD-09): never guessed. speed_kmh: of lines that
    say neither speed nor class. It takes the place of the network that was in force; undoing brings that one back.
    """
    name = file_name or path.name
    declared = _declared(datum, name)
    if not source.strip():
        raise InputError(f"{name}：请写明路网的来源（--source），凡显示行车时间的地方都要注明。")
    progress(0.05, "读取道路")
    roads = _renamed(path, name, lambda: read_roads(path, datum=declared, speed_kmh=speed_kmh))
    file_hash = hashlib.sha256(_bytes(path) + f"{declared}|{speed_kmh}".encode()).hexdigest()
    if submissions.find_by_hash(engine, KIND, file_hash) is not None:
        return RoadsImported(None, True, (f"{name}：同一文件已经导入过，没有改动。",), {})
    progress(0.4, "核对道路的位置")
    notes = [*roads.notes, *_place_notes(engine, roads, name)]
    progress(0.6, "核对道路是否连通")
    about, said = _about(roads, name)
    about |= {"source": source.strip(), "datum": declared, "notes": [*notes, *said]}
    if dry_run:
        return RoadsImported(None, False, (*notes, *said), about)
    progress(0.9, "保存路网")
    kept = _keep(data_folder / FOLDER, file_hash, roads, about)
    try:
        with writing(engine) as connection:
            submission_id = submissions.begin(
                connection,
                kind=KIND,
                received_from=received_from,
                file_name=name,
                file_hash=file_hash,
                received_at=received_at,
                is_demo=is_demo,
            )
            submissions.finish(connection, submission_id, rows_read=len(roads.lines), rows_stored=len(roads.lines))
    except BaseException:
        for file in kept:
            file.unlink(missing_ok=True)
        raise
    return RoadsImported(submission_id, False, (*notes, *said), about)


def _declared(datum: str, name: str) -> str:
    try:
        return parse_datum(datum)
    except ValueError:
        raise InputError(
            f"{name}：不认识坐标基准“{datum}”。请写 CGCS2000、WGS-84、GCJ-02（高德、腾讯）或 BD-09（百度）。"
        ) from None


def _renamed(path: Path, name: str, work: Callable[[], Roads]) -> Roads:
    """What goes wrong is said of the file as its sender calls it."""
    try:
        return work()
    except InputError as error:
        raise InputError(str(error).replace(path.name, name)) from None


def _bytes(path: Path) -> bytes:
    """The file's bytes; of a .shp with its companions."""
    parts = sorted(path.parent.glob(f"{path.stem}.*")) if path.suffix.lower() == ".shp" else [path]
    return b"".join(part.read_bytes() for part in parts if part.is_file())


def _place_notes(engine: Engine, roads: Roads, name: str) -> list[str]:
    """Refuses roads of another prefecture; says how much lies outside, and that nobody could look."""
    known = areas_store.read_areas(engine)
    codes = known.loc[known["level"].isin(["county", "prefecture"]), "area_id"].tolist()
    outlines = areas_store.read_boundaries(engine, codes)
    outlines = outlines[~outlines["is_illustrative"]]
    if outlines.empty:
        return [f"{name}：没有可对照的边界，未能核对道路是否在本地区、坐标基准是否属实。"]
    around = shapely.buffer(shapely.union_all(outlines.geometry.to_numpy()), MARGIN_DEGREES, quad_segs=4)
    shapely.prepare(around)
    corners = shapely.get_coordinates(roads.lines)
    outside = float((~shapely.contains_xy(around, corners[:, 0], corners[:, 1])).mean())
    if outside > OUTSIDE_REFUSED:
        lon, lat = np.median(corners, axis=0)
        raise InputError(
            f"{name}：{outside:.0%} 的道路在本地区及周边约 30 公里之外（多数在经度 {lon:.2f}、纬度 {lat:.2f} 附近）。"
            "请核对是否选错了文件或坐标系。道路文件没有使用，什么也没有写入。"
        )
    return [f"{name}：{outside:.1%} 的道路在本地区及周边约 30 公里之外。"] if outside > OUTSIDE_SAID else []


def _about(roads: Roads, name: str) -> tuple[dict[str, Any], list[str]]:
    network = RoadNetwork(roads.lines, np.ones(len(roads.lines)), roads.way)
    parts = network.parts()
    about = {
        "lines": len(roads.lines),
        "segments": len(network.start),
        "length_km": round(float(network.length_m.sum()) / 1000, 1),
        "one_way": int((roads.way != BOTH_WAYS).sum()),
        "parts": parts.count,
        "largest_share": round(parts.largest_share, 4),
        "slowest_kmh": float(roads.speed_kmh.min()),
        "fastest_kmh": float(roads.speed_kmh.max()),
        "speeds": roads.speeds,
    }
    said = [f"{name}：{len(roads.lines):,} 条道路，共 {about['length_km']:,.0f} 公里。"]
    if parts.count > 1:
        advice = (
            "道路只在共同的顶点相接；若路口处只是交叉，请先在 GIS 软件中打断。"
            if parts.largest_share < PARTS_SAID
            else ""
        )
        said.append(
            f"{name}：路网分成 {parts.count:,} 个互不相通的部分，最大的占总里程 {parts.largest_share:.1%}。{advice}"
        )
    return about, said


def _keep(folder: Path, file_hash: str, roads: Roads, about: dict[str, Any]) -> list[Path]:
    """The network's two files, each there whole or not at all. Gives those that were not there before."""
    folder.mkdir(parents=True, exist_ok=True)
    frame = gpd.GeoDataFrame({"speed_kmh": roads.speed_kmh, "way": roads.way}, geometry=roads.lines, crs=LON_LAT)
    kept = []
    for suffix, write in (
        (".parquet", frame.to_parquet),
        (".json", lambda file: Path(file).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")),
    ):
        target = folder / f"{file_hash}{suffix}"
        handle, draft = tempfile.mkstemp(dir=folder, suffix=suffix)
        os.close(handle)
        try:
            write(draft)
            if not target.exists():
                kept.append(target)
            Path(draft).chmod(0o644)  # mkstemp's 0600 is for secrets
            Path(draft).replace(target)
        except BaseException:
            for file in (Path(draft), *kept):
                file.unlink(missing_ok=True)
            raise
    return kept


def network_in_force(engine: Engine, data_folder: Path) -> RoadRecord | None:
    """The newest network that stands and whose files are there; None where nobody has brought roads."""
    sent = submissions.read_submissions(engine)
    for row in sent[sent["kind"].eq(KIND) & sent["undone_by"].isna()].to_dict("records"):
        path = data_folder / FOLDER / f"{row['file_hash']}.parquet"
        if path.is_file() and path.with_suffix(".json").is_file():
            about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            record = {name: row[name] for name in ("file_name", "received_at", "received_from", "is_demo")}
            return RoadRecord(int(row["submission_id"]), row["file_hash"], path, about, **record)
    return None


def read_network(path: Path) -> Roads:
    """The lines of a network in force."""
    frame = gpd.read_parquet(path)
    return Roads(frame.geometry.to_numpy(), frame["speed_kmh"].to_numpy(), frame["way"].to_numpy())
