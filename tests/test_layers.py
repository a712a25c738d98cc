"""Which way code points: the reasons stand in docs/architecture.md."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OUR_OWN = {"dashboards", "data_access", "models", "geo", "workflows", "demo", "settings", "manage"}
WEB = {"dash", "plotly", "flask", "dash_bootstrap_components", "dash_leaflet", "dash_ag_grid"}
SQL = {"sqlalchemy", "alembic", "psycopg", "sqlite3"}

# folder -> what it must not import
FORBIDDEN = {
    "models": (OUR_OWN - {"models"}) | WEB | SQL | {"os", "time", "random", "pathlib", "geopandas"},
    "geo": (OUR_OWN - {"geo"}) | WEB | SQL | {"os", "time", "random"},
    "data_access": (OUR_OWN - {"data_access"}) | WEB,
    "workflows": {"dashboards", "manage"} | WEB | {"sqlite3", "psycopg"},
    "demo": {"dashboards", "models", "workflows", "manage"} | WEB | SQL,
    "dashboards": {"manage", "demo"} | SQL,
}


def imports_of(path: Path) -> set[str]:
    """The modules a file imports, as dotted names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def files_of(folder: str) -> list[Path]:
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "versions" not in path.parts]


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_no_folder_imports_what_lies_above_it(folder):
    crossed = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files_of(folder)
        for name in imports_of(path)
        if name.split(".")[0] in FORBIDDEN[folder]
    }

    assert crossed == set()


def test_only_the_data_door_of_the_dashboards_opens_the_store():
    doors = {
        str(path.relative_to(ROOT))
        for path in files_of("dashboards")
        if any(name.split(".")[0] in {"data_access", "workflows"} for name in imports_of(path))
        and path.parent.name != "data"
    }

    assert doors <= {"dashboards/serving.py"}


def test_no_page_imports_another_page():
    pages = ROOT / "dashboards" / "pages"
    crossed = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files_of("dashboards/pages")
        for name in imports_of(path)
        if name.startswith("dashboards.pages") and (pages / "/".join(name.split(".")[2:])).with_suffix(".py") != path
    }

    assert crossed == set()


def test_only_manage_and_tests_import_the_dashboards():
    outside = [path for folder in ("models", "geo", "data_access", "workflows", "demo") for path in files_of(folder)]

    assert [path for path in outside if any(n.split(".")[0] == "dashboards" for n in imports_of(path))] == []
