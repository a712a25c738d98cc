"""Addresses no page leads to: they open what can be opened, or say that it is not there; nothing is logged as a fault."""

import logging

import pytest

from tests.dashboards.asking import page, text

PAGES = ["/", "/behind", "/changes", "/indicator", "/queue", "/funnel", "/backtest", "/workbench", "/map", "/coverage"]
STATE = "?plan=test-2030&path=/x&className=y&figure=z&children=w&name=v"


@pytest.mark.parametrize("path", PAGES)
def test_a_key_that_names_a_parameter_of_ours_is_no_state(small_site, caplog, path):
    shown = page(small_site, path, STATE)

    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert text(shown)


@pytest.mark.parametrize("number", [2**31, 2**63, 10**40])
def test_evidence_of_a_number_no_database_counts_to_is_not_there(small_site, number):
    assert small_site.post(f"/workbench/evidence/{number}").status_code == 404
    assert small_site.get(f"/workbench/evidence/{number}/file").status_code == 404


def test_evidence_nobody_gave_is_not_there(small_site):
    assert small_site.get(f"/workbench/evidence/{2**31 - 1}/file").status_code == 404
