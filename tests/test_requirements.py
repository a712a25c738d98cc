"""What the code imports is what the pinned lists install: a package that happens to be here is not on a new machine."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {path.stem for path in ROOT.iterdir() if path.suffix == ".py" or path.is_dir()}
LISTS = {"tests": "requirements-dev.txt", "bench": "requirements-bench.txt"}  # everything else: requirements.txt


def imported_by(path: Path) -> set[str]:
    """The top-level names of the packages a file imports that are neither Python's nor ours nor its neighbours'."""
    tree = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {alias.name for node in tree if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in tree if isinstance(node, ast.ImportFrom) and not node.level}
    neighbours = {other.stem for other in path.parent.glob("*.py")}
    return {name.split(".")[0] for name in names} - sys.stdlib_module_names - OURS - neighbours


def installed_by(lists: tuple[str, ...]) -> set[str]:
    """The import names of every distribution the pinned lists name."""
    lines = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in lists)
    pinned = {re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r"^([\w.-]+)(?:\[\w+\])?==", lines, re.M)}
    known = packages_distributions()
    return {name for name, by in known.items() if pinned & {re.sub(r"[-_.]+", "-", one).lower() for one in by}} | {
        name.replace("-", "_") for name in pinned
    }


@pytest.mark.parametrize(
    "folder", [".", *(path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()), "tests", "bench"]
)
def test_everything_imported_is_pinned(folder):
    lists = ("requirements.txt", LISTS[folder]) if folder in LISTS else ("requirements.txt",)
    available = installed_by(lists)
    files = (ROOT / folder).glob("*.py") if folder == "." else (ROOT / folder).rglob("*.py")

    missing = {str(path.relative_to(ROOT)): names for path in files if (names := imported_by(path) - available)}

    assert not missing, f"add to the .in file of {lists[-1]} and run make pins: {missing}"
