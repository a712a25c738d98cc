"""What must hold between the cells and rows of a register: hierarchy, dates, bounds, coordinates."""

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd

from data_access import programme_checks, task_checks
from data_access.cells import GB_CODE
from data_access.kinds import LEVELS
from data_access.observation_checks import UNKNOWN_UNIT, Known
from data_access.plain_text import compact
from data_access.records import Record, RecordReader
from data_access.tables import AREA_LEVELS

# Longitudes and latitudes of China do not overlap, so a swapped pair shows.
LON_OF_CHINA, LAT_OF_CHINA = (73.0, 136.0), (3.0, 54.0)
LEVEL_NAMES = {level: words[0] for level, words in LEVELS.items()}
ConvertToWgs84 = Callable[[list[float], list[float], str], tuple]


def check_register(
    reader: RecordReader,
    records: list[Record],
    known: Known,
    to_wgs84: ConvertToWgs84 | None,
    standing: Mapping[str, dict] | None = None,
) -> list[Record]:
    """The records that hold, completed with what follows from them; what does not hold goes to the reader's problems.

    standing: the register's rows by id: a column that a file leaves out stays as it stands there, and is held against
    those it brings.
    to_wgs84(lons, lats, datum) -> (lons, lats): the caller hands it, as this layer knows nothing of datums.
    """
    checks = {
        "areas": _check_areas,
        "population": _check_population,
        "indicators": _check_indicators,
        "facilities": _check_facilities,
        "health_cells": _check_dates_of_cells,
        **programme_checks.CHECKS,
        **task_checks.CHECKS,
    }
    bad = _Bad(reader, standing or {})
    checks[reader.kind.name](records, known, bad)
    pair = ("seat_lon", "seat_lat") if reader.kind.name == "areas" else ("lon", "lat")
    if reader.kind.name in ("areas", "facilities", "health_cells"):
        _check_coordinates(records, pair, bad)
    good = [record for record in records if id(record) not in bad.rows]
    _convert(good, pair, to_wgs84, keeps_original=reader.kind.name in ("facilities", "health_cells"))
    return good


class _Bad:
    """Remembers the refused records while the reader says why."""

    def __init__(self, reader: RecordReader, standing: Mapping[str, dict]):
        self.reader, self.rows, self._standing = reader, set(), standing

    def whole(self, record: Record) -> Record:
        """The row as it will stand: what the file says, the register's where the file leaves a column out."""
        return {**self._standing.get(record.get(self.reader.kind.key[0]), {}), **record}

    def refuse(self, record: Record, name: str, rule: str, what: str, mend: str) -> None:
        self.rows.add(id(record))
        self.reader.refuse(record, name, record.get(name) or "", rule, what, mend)


def _check_areas(records: list[Record], known: Known, bad: _Bad) -> None:
    levels = dict(zip(known.areas["area_id"], known.areas["level"], strict=True))
    levels |= {record["area_id"]: record["level"] for record in records}
    heirs = dict(zip(known.areas["area_id"], known.areas["merged_into"].astype(object), strict=True))
    heirs |= {record["area_id"]: record["merged_into"] for record in records if "merged_into" in record}
    for record in records:
        if "is_unit" in record and record["is_unit"] is None:
            record["is_unit"] = True
        _check_level(record, bad)
        _check_parent(record, levels, bad)
        _check_validity(record, levels, bad)
        _check_heirs(record, heirs, bad)


def _check_level(record: Record, bad: _Bad) -> None:
    said, expected = record["level"], level_of_code(record["area_id"])
    if expected and said != expected:
        what = f"代码 {record['area_id']} 是{LEVEL_NAMES[expected]}一级的代码，层级写的是“{LEVEL_NAMES[said]}”"
        bad.refuse(record, "level", "wrong_level", what, "请更正代码或层级")


def level_of_code(area_id: str) -> str | None:
    """The level a GB/T 2260 or statistical code says by its length and zeros; None for another scheme's code."""
    if not GB_CODE.fullmatch(area_id):
        return None
    if len(area_id) > 6:
        return "township" if len(area_id) == 9 else "village"
    if area_id == "100000":
        return "nation"
    return "province" if area_id.endswith("0000") else "prefecture" if area_id.endswith("00") else "county"


def _check_parent(record: Record, levels: dict[str, str], bad: _Bad) -> None:
    parent, area_id = record.get("parent_id"), record["area_id"]
    if parent is None:
        return
    if parent not in levels:
        what, mend = f"上级代码 {parent} 既不在文件里，也不在地区表中", "请更正，或把上级地区也写进文件"
        bad.refuse(record, "parent_id", "unknown_parent", what, mend)
    elif AREA_LEVELS.index(levels[parent]) >= AREA_LEVELS.index(record["level"]):
        # levels strictly descend, so no area can be its own ancestor
        what = (
            f"上级 {parent} 是{LEVEL_NAMES[levels[parent]]}一级，不能管辖{LEVEL_NAMES[record['level']]}一级的 {area_id}"
        )
        bad.refuse(record, "parent_id", "parent_not_above", what, "请更正上级代码或层级")
    elif GB_CODE.fullmatch(parent) and GB_CODE.fullmatch(area_id) and not area_id.startswith(own_digits(parent)):
        what, mend = f"代码 {area_id} 与上级 {parent} 的前 {len(own_digits(parent))} 位不一致", "请更正代码或上级代码"
        bad.refuse(record, "parent_id", "prefix_differs", what, mend)


def own_digits(area_id: str) -> str:
    """The digits of a code that its parts share: 15 of 150000, 1506 of 150600; none of the nation's."""
    if area_id == "100000":
        return ""
    return area_id if len(area_id) > 6 else area_id.removesuffix("00").removesuffix("00")


def _check_validity(record: Record, levels: dict[str, str], bad: _Bad) -> None:
    start, end, heir = record.get("valid_from"), record.get("valid_to"), record.get("merged_into")
    if start and end and end < start:
        bad.refuse(record, "valid_to", "dates_reversed", f"撤销日期 {end} 早于设立日期 {start}", "请核对两个日期")
    if heir is None:
        return
    if heir not in levels or heir == record["area_id"]:
        what = f"并入代码 {heir} 既不在文件里，也不在地区表中" if heir not in levels else "不能并入自己"
        bad.refuse(record, "merged_into", "unknown_heir", what, "请更正并入代码")
    elif end is None:
        bad.refuse(record, "valid_to", "no_end", f"已并入 {heir}，却没有撤销日期", "请填写撤销日期（最后一天）")


def _check_heirs(record: Record, heirs: dict[str, str | None], bad: _Bad) -> None:
    """A merged area ends in one that still stands: A into B and B into A would leave its figures nowhere."""
    way, heir = [record["area_id"]], record.get("merged_into")
    while isinstance(heir, str) and heir not in way:
        way.append(heir)
        heir = heirs.get(heir)
    if heir == record["area_id"] and len(way) > 1:
        what = f"并入关系成了圈：{'→'.join([*way, heir])}"
        bad.refuse(record, "merged_into", "merger_circle", what, "请更正并入代码，圈中至少有一个地区仍然存在")


def _check_population(records: list[Record], known: Known, bad: _Bad) -> None:
    for record in records:
        record["group_id"] = record.get("group_id") or "all"
        if record["persons"] < 0:
            bad.refuse(record, "persons", "negative_count", f"人数不能是负数（{record['persons']:g}）", "请核对")


def _check_indicators(records: list[Record], known: Known, bad: _Bad) -> None:
    names_en = dict(zip(known.indicators["indicator_id"], known.indicators["name_en"], strict=True))
    for record in records:
        rule = known.units.get(record["unit"], UNKNOWN_UNIT)
        record["name_en"] = record.get("name_en") or names_en.get(record["indicator_id"]) or record["name_zh"]
        for name, default in (("within_year", "level"), ("decimals", rule.decimals)):
            if name in record and record[name] is None:
                record[name] = default
        lower, upper = record.get("lower_bound"), record.get("upper_bound")
        if lower is not None and upper is not None and lower >= upper:
            bad.refuse(record, "upper_bound", "bounds_reversed", f"上界 {upper:g} 不大于下界 {lower:g}", "请核对上下界")


def _check_facilities(records: list[Record], known: Known, bad: _Bad) -> None:
    for record in records:
        _check_order(record, "opened", "closed", bad)
        whole = bad.whole(record)
        staff, doctors, nurses = (whole.get(name) for name in ("staff", "doctors", "nurses"))
        if staff is None or (doctors or 0) + (nurses or 0) <= staff:
            continue
        names = [bad.reader.kind.column(name).label for name in ("doctors", "nurses") if whole.get(name)]
        what = f"{'加'.join(names)} {(doctors or 0) + (nurses or 0)} 多于人员数 {staff}"
        mend = "医师和护士都含在人员数之内，请核对"
        bad.refuse(record, "doctors" if doctors else "nurses", "part_above_staff", what, mend)


def _check_dates_of_cells(records: list[Record], known: Known, bad: _Bad) -> None:
    for record in records:
        for first, second in (
            ("applied_on", "certified_on"),
            ("applied_on", "withdrawn_on"),
            ("certified_on", "renewed_on"),
            ("certified_on", "expires_on"),
            ("certified_on", "withdrawn_on"),
            ("renewed_on", "withdrawn_on"),
        ):
            _check_order(record, first, second, bad)
        if "renewed_on" in record and "expires_on" in record:
            _check_order(record, "renewed_on", "expires_on", bad)  # of a file of renewals alone the end follows
        for name in ("applied_on", "certified_on", "renewed_on", "withdrawn_on"):
            _check_has_come(record, name, known.today, bad)
        if record.get("renewed_on") is not None and bad.whole(record).get("certified_on") is None:
            what = f"有续期日期 {record['renewed_on']}，没有命名日期"
            bad.refuse(record, "renewed_on", "renewed_before_certified", what, "没有命名的不能续期，请补上命名日期")
    _check_one_certificate(records, known, bad)


def _check_has_come(record: Record, name: str, today: date, bad: _Bad) -> None:
    """A register says what was done: nothing is applied for, certified, renewed or withdrawn on a day to come."""
    day = record.get(name)
    if day is not None and day > today:
        what = f"{bad.reader.kind.column(name).label} {day} 晚于今天"
        bad.refuse(record, name, "in_the_future", what, "请核对日期")


def _check_one_certificate(records: list[Record], known: Known, bad: _Bad) -> None:
    """One place holds one title of a type: a second number for the same name in the same area is asked about."""
    held = {_who(row): row["health_cell_id"] for row in known.health_cells.to_dict("records")}
    for record in records:
        other = held.setdefault(_who(record), record["health_cell_id"])
        if other != record["health_cell_id"]:
            what = f"“{record['name_zh']}”在该地区同一类型下已有编号 {other}"
            mend = "一个细胞只有一个编号：续期、升级请沿用原编号；确是两处的，请在名称中区分"
            bad.refuse(record, "health_cell_id", "two_certificates", what, mend)


def _who(row) -> tuple:
    return row["cell_type"], row["area_id"], compact(row["name_zh"])


def _check_order(record: Record, first: str, second: str, bad: _Bad) -> None:
    """The second day is not before the first; where the file says neither of them nothing is asked."""
    whole = bad.whole(record)
    start, end = whole.get(first), whole.get(second)
    brought = [name for name in (second, first) if name in record]
    if brought and isinstance(start, date) and isinstance(end, date) and end < start:
        columns = bad.reader.kind
        held = [f"登记的{columns.column(name).label}" if name not in record else columns.column(name).label
                for name in (second, first)]  # fmt: skip
        what = f"{held[0]} {end} 早于{held[1]} {start}"
        bad.refuse(record, brought[0], "dates_reversed", what, "请核对两个日期")


def _check_coordinates(records: list[Record], pair: tuple[str, str], bad: _Bad) -> None:
    lon_name, lat_name = pair
    for record in records:
        lon, lat = record.get(lon_name), record.get(lat_name)
        if lon is None and lat is None:
            continue
        if lon is None or lat is None:
            bad.refuse(
                record, lon_name if lon is None else lat_name, "half_coordinates", "经纬度只填了一个", "请补全或都留空"
            )
        elif _within(lon, LAT_OF_CHINA) and _within(lat, LON_OF_CHINA):
            what = f"经度 {lon:g}、纬度 {lat:g} 像是填反了"
            bad.refuse(
                record, lon_name, "swapped_coordinates", what, "请把经度和纬度对调（我国经度 73—136，纬度 3—54）"
            )
        elif record.get("declared_datum") is None:
            what = "有坐标但没有说明坐标系"
            mend = "请加上“坐标系”列：天地图、国家2000 填 CGCS2000，GPS 填 WGS-84，高德、腾讯填 GCJ-02，百度填 BD-09"
            bad.refuse(record, "declared_datum", "no_datum", what, mend)
        elif _is_off(record["area_id"], lon, lat):
            what = f"坐标 {lon:g}，{lat:g} 不在我国范围内"
            bad.refuse(record, lon_name, "outside_china", what, "请核对经纬度，以十进制度填写，如 109.98 和 39.82")


def _is_off(area_id: str, lon: float, lat: float) -> bool:
    if GB_CODE.fullmatch(area_id):
        return not (_within(lon, LON_OF_CHINA) and _within(lat, LAT_OF_CHINA))
    return abs(lon) > 180 or abs(lat) > 90


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _convert(records: list[Record], pair: tuple[str, str], to_wgs84: ConvertToWgs84 | None, *, keeps_original) -> None:
    """Coordinates into WGS-84, datum by datum; the register keeps what was declared where it has columns for it."""
    located = pd.Series([record.get("declared_datum") for record in records if record.get(pair[0]) is not None])
    for datum in located.unique():
        some = [r for r in records if r.get(pair[0]) is not None and r["declared_datum"] == datum]
        if to_wgs84 is None:
            raise ValueError("coordinates need a converter: hand to_wgs84")
        lons, lats = to_wgs84([r[pair[0]] for r in some], [r[pair[1]] for r in some], datum)
        for record, lon, lat in zip(some, lons, lats, strict=True):
            if keeps_original:
                record["declared_lon"], record["declared_lat"] = record[pair[0]], record[pair[1]]
            record[pair[0]], record[pair[1]] = float(lon), float(lat)
