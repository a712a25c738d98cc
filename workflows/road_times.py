"""Minutes by road from places to the facility that is nearest by road, remembered by what they were worked out of.

A question is a network, facilities and places (arrays); its answer is kept in roads/times/ of the data folder under the
hash of all of them, so another version of the network, or a facility that moved, is another question. A small network is
answered at once; for a large one the question is kept and a job answers it (workflows/job_kinds.py, `road_times`).
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from data_access.errors import InputError
from geo.network import NO_ROAD, NOBODY, NOT_CONNECTED, REACHED, RoadNetwork, ServedNetwork
from workflows.jobs import JobContext
from workflows.roads import FOLDER, RoadRecord, read_network

METHOD = 1  # raise it when the same question gets another answer
TIMES = "times"
SNAP_M = 5000.0  # on the steppe homes and some seats stand kilometres off the road
OFF_ROAD_KMH = 15.0  # across the field to the road: an assumption, said wherever minutes are shown
MOST_SEGMENTS_AT_ONCE = 60_000
MOST_KEPT = 400  # answers; the oldest are forgotten
STATES = (REACHED, NO_ROAD, NOT_CONNECTED)


@dataclass(frozen=True)
class RoadTimes:
    """For each place minutes to the nearest facility (NaN: none), the facility's position (-1: none) and the state."""

    minutes: np.ndarray
    facility: np.ndarray
    state: np.ndarray


@dataclass(frozen=True)
class RoadQuestion:
    """Positions in WGS-84; the keys of facilities and places must agree (own district only), or are all the same."""

    facility_lon: np.ndarray
    facility_lat: np.ndarray
    facility_key: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    key: np.ndarray

    def hashed(self, network_hash: str) -> str:
        """The name of the answer."""
        digest = hashlib.sha256(f"{METHOD}|{network_hash}|{SNAP_M}|{OFF_ROAD_KMH}".encode())
        for name, values in self.arrays().items():
            digest.update(name.encode() + np.ascontiguousarray(values).tobytes())
        return digest.hexdigest()[:32]

    def arrays(self) -> dict[str, np.ndarray]:
        """By name, as they are kept in a file; keys as numbers."""
        _names, keys = np.unique(np.concatenate([self.facility_key, self.key]).astype(str), return_inverse=True)
        keys = keys.ravel().astype(np.int32)
        points = {
            name: np.asarray(getattr(self, name), float) for name in ("facility_lon", "facility_lat", "lon", "lat")
        }
        cut = len(self.facility_key)
        return {**points, "facility_key": keys[:cut], "key": keys[cut:]}


def times_folder(data_folder: Path) -> Path:
    return data_folder / FOLDER / TIMES


def known_times(data_folder: Path, name: str) -> RoadTimes | None:
    """The answer of that name, where it has been worked out."""
    return _read(times_folder(data_folder) / f"{name}.npz")


def _read(path: Path) -> RoadTimes | None:
    try:
        with np.load(path) as kept:
            return RoadTimes(kept["minutes"], kept["facility"], np.array(STATES, dtype=object)[kept["state"]])
    except (OSError, ValueError, KeyError):
        return None


def ask_times(record: RoadRecord, question: RoadQuestion, data_folder: Path) -> RoadTimes | str:
    """The answer, or, where only a job may work it out, the name under which the question waits for it."""
    name = question.hashed(record.network_hash)
    folder = times_folder(data_folder)
    found = known_times(data_folder, name)
    if found is not None:
        return found
    folder.mkdir(parents=True, exist_ok=True)
    if record.about["segments"] <= MOST_SEGMENTS_AT_ONCE:
        found = road_times(_small_network(str(record.path)), question.arrays())
        _write(folder / f"{name}.npz", found)
        return found
    _save(folder / f"{name}.question.npz", **question.arrays())
    return name


@lru_cache(maxsize=1)
def _small_network(path: str) -> RoadNetwork:
    return _network(Path(path))


def _network(path: Path) -> RoadNetwork:
    roads = read_network(path)
    return RoadNetwork(roads.lines, 60 / (roads.speed_kmh * 1000), roads.way)


def road_times(network: RoadNetwork, asked: dict[str, np.ndarray], progress=lambda _share: None) -> RoadTimes:
    """Key by key: the facilities of a key serve its places.

    asked: RoadQuestion.arrays(). progress: called with the share done.
    """
    size = len(asked["lon"])
    minutes, facility = np.full(size, np.nan), np.full(size, NOBODY)
    state = np.full(size, NOT_CONNECTED, dtype=object)
    keys = np.unique(asked["key"])
    for done, key in enumerate(keys):
        sites, here = np.flatnonzero(asked["facility_key"] == key), np.flatnonzero(asked["key"] == key)
        progress(done / len(keys))
        if not len(sites):
            continue
        try:
            served = ServedNetwork(
                network,
                asked["facility_lon"][sites],
                asked["facility_lat"][sites],
                snap_m=SNAP_M,
                off_road_cost_per_m=60 / (OFF_ROAD_KMH * 1000),
            )
        except ValueError:  # none of them within SNAP_M of a road
            continue
        found = served.reach(asked["lon"][here], asked["lat"][here])
        minutes[here] = np.where(np.isfinite(found.cost), found.cost, np.nan)
        facility[here] = np.where(found.facility == NOBODY, NOBODY, sites[found.facility])
        state[here] = found.state
    return RoadTimes(minutes, facility, state)


def _write(path: Path, found: RoadTimes) -> None:
    codes = {state: number for number, state in enumerate(STATES)}
    state = np.array([codes[one] for one in found.state], dtype=np.int8)
    _save(path, minutes=found.minutes, facility=found.facility, state=state)
    _forget_old(path.parent)


def _save(path: Path, **arrays: np.ndarray) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, **arrays)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _forget_old(folder: Path) -> None:
    kept = sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[MOST_KEPT:]:
        path.unlink(missing_ok=True)


def run_road_times_job(context: JobContext) -> dict:
    """parameters: network (hash), name (of a question that ask_times kept). Keeps the answer; gives its name."""
    data_folder = context.settings.data_folder
    network_hash, name = (Path(context.parameters[key]).name for key in ("network", "name"))
    folder = times_folder(data_folder)
    question, roads = folder / f"{name}.question.npz", data_folder / FOLDER / f"{network_hash}.parquet"
    if _read(folder / f"{name}.npz") is None:
        if not question.is_file() or not roads.is_file():
            raise InputError("路网或所问的问题已不在服务器上，请重新打开页面。")
        context.progress.report(0.02, "读取路网")
        with np.load(question) as kept:
            asked = dict(kept)
        network = _network(roads)
        context.progress.report(0.5, "计算行车时间")
        found = road_times(network, asked, lambda share: context.progress.report(0.5 + share / 2, "计算行车时间"))
        _write(folder / f"{name}.npz", found)
    question.unlink(missing_ok=True)
    return {"name": name}
