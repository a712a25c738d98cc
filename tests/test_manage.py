"""The command line's own promises: what is wrong is said in a line and an exit status, never in a trace."""

import subprocess
import sys
from pathlib import Path

import pytest

from manage import main

ROOT = Path(__file__).parents[1]


@pytest.fixture
def database(tmp_path, monkeypatch):
    monkeypatch.setenv("KANGTU_DATABASE_URL", f"sqlite:///{tmp_path}/kangtu.db")
    monkeypatch.setenv("KANGTU_DATA_FOLDER", str(tmp_path))
    assert main(["init-db"]) == 0


def test_a_folder_in_a_files_place_is_said_in_a_line(tmp_path, capsys):
    words = ["forecast-file", "--history", str(tmp_path), "--requests", str(tmp_path), "--out", str(tmp_path / "o.csv")]

    assert main(words) == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_a_name_longer_than_any_file_has_is_said_in_a_line(database, capsys):
    assert main(["import", "observations", "x" * 5000]) == 1
    assert capsys.readouterr().err


@pytest.mark.parametrize("number", ["-1", "0", "2147483648", "9" * 30])
def test_an_import_nobody_made_cannot_be_undone(database, capsys, number):
    assert main(["undo-import", number]) == 1
    assert "没有第" in capsys.readouterr().err


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "9999", "2026Q3"])
def test_a_day_no_plan_has_is_wrong_usage(database, day):
    with pytest.raises(SystemExit) as refused:
        main(["judge", "--as-of", day])
    assert refused.value.code == 2


def test_who_stops_reading_the_output_gets_no_trace(tmp_path):
    # the pipe is closed before the first word is written
    words = f"{sys.executable} manage.py --help | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
