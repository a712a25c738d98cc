from data_access.areas import read_areas
from data_access.observations import OBSERVATIONS, read_observations


def test_a_nation_of_townships_can_be_asked_for_by_name(engine):
    townships = [f"{code:09d}" for code in range(100_000_000, 100_040_000)]

    found = read_observations(engine, indicator_ids=["it's"], area_ids=townships)

    assert list(found.columns) == list(OBSERVATIONS)
    assert found.empty
    assert read_areas(engine).empty
