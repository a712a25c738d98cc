"""Graphs, tables, maps and downloads come from one factory each: there the traps are closed."""

import ast

import plotly.graph_objects as go
import pytest

from dashboards import components
from tests.dashboards.messages import ROOT

FACTORIES = {
    "dcc.Graph": {"components/figures.py"},
    "dag.AgGrid": {"components/tables.py"},
    "dl.Map": {"map_panel.py", "components/map_panel.py"},
    "dcc.Download": set(),
    "dcc.Upload": set(),
    "html.Iframe": set(),
    "dash_table.DataTable": set(),
}
UNSAFE_ARGUMENTS = {"dangerously_allow_html", "srcDoc", "background"}


def calls():
    """(file, dotted name, keyword names) of every call in the dashboards."""
    for path in sorted((ROOT / "dashboards").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                where = str(path.relative_to(ROOT / "dashboards"))
                yield where, ast.unparse(node.func), {keyword.arg for keyword in node.keywords}


def test_only_the_factories_build_graphs_tables_and_maps():
    bare = {(where, name) for where, name, _keywords in calls() if name in FACTORIES and where not in FACTORIES[name]}

    assert bare == set()


def test_nothing_asks_for_raw_html_or_background_callbacks():
    unsafe = {(where, name) for where, name, keywords in calls() if keywords & UNSAFE_ARGUMENTS}

    assert unsafe == set()


def test_callbacks_pages_and_routes_are_declared_with_their_permission():
    dash_own = {"dash.callback", "app.callback", "dash.register_page", "dash.clientside_callback", "server.route"}

    assert {where for where, name, _keywords in calls() if name in dash_own} <= {"app.py"}


def test_a_graph_does_not_offer_to_upload_itself_and_says_what_it_shows(small_site):
    box = components.graph("x", alt="Smoking falls").to_plotly_json()["props"]
    graph = box["children"].to_plotly_json()["props"]

    assert graph["config"]["showSendToCloud"] is False
    assert graph["config"]["locale"] == "zh-CN"
    assert (box["role"], box["aria-label"]) == ("img", "Smoking falls")


def test_a_finished_figure_carries_source_and_demo_mark_into_every_copy(small_site):
    figure = components.finish(go.Figure(go.Scatter(x=[1], y=[2])), source="来源：试验")

    assert [note.text for note in figure.layout.annotations] == ["来源：试验", "演示数据 DEMO DATA"]


def test_without_synthetic_figures_no_figure_is_marked(client):
    figure = components.finish(go.Figure())

    assert list(figure.layout.annotations) == []


@pytest.mark.parametrize("status", components.STATUSES)
def test_a_status_has_a_shape_a_word_and_a_colour(client, status):
    from dashboards.language import language

    shape = (ROOT / "assets" / "marks" / f"{status}.svg").read_text()
    style = (ROOT / "assets" / "kangtu.css").read_text()

    assert shape.startswith("<svg")
    assert style.count(f"--kt-{status}: #") == 2  # light and dark
    with language("en"):
        assert components.status_mark(status).title


def test_the_colours_of_figures_are_those_of_the_page():
    style = (ROOT / "assets" / "kangtu.css").read_text()
    light, dark = style.index('[data-bs-theme="light"]'), style.index('[data-bs-theme="dark"]')
    for theme, part in (("light", style[light:dark]), ("dark", style[dark:])):
        for name, colour in components.PALETTES[theme].items():
            assert f"--kt-{name}: {colour};" in part.split("}")[0]


def test_a_long_source_is_broken_into_lines_that_fit_a_phone():
    from dashboards.components.figures import wrapped

    lines = wrapped("Figures: as reported · 目标：鄂府办发〔2020〕33号，1.2 开展全民健康教育，由各旗区报送数据汇总而成")

    assert wrapped("") == []
    assert len(lines) == 2
    assert "".join(lines).replace(" ", "").endswith("汇总而成")


def test_of_what_somebody_wrote_only_web_addresses_become_links(small_site):
    with small_site.application.test_request_context("/"):
        shown = components.with_addresses("见 https://a.example/照片?n=1，javascript:alert(1)")

    links = [piece for piece in shown if piece.to_plotly_json()["type"] == "A"]
    assert [link.href for link in links] == ["https://a.example/照片?n=1"]
