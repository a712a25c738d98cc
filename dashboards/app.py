"""The web application: the pages of the site, the frame around them, and the guard in front of them."""

import importlib
import logging
from importlib.metadata import version
from pathlib import Path

import dash
import plotly.graph_objects as go
from dash._grouping import flatten_grouping
from flask import request
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboards import (  # noqa: F401 - some declare routes
    access,
    account_pages,
    components,
    data,
    door_pages,
    evidence_routes,
    health,
    record_routes,
)
from dashboards.callback_requests import Expected
from dashboards.guard import CALLBACKS, Guard, content_security_policy
from dashboards.language import LANGUAGES, current_language
from dashboards.language import gettext as _
from settings import Settings

ROOT = Path(__file__).parents[1]
LOWEST_DASH = (4, 4, 1)  # below it anybody could end any process of the server (notes on background callbacks)
# The pages of each site, by name: a process does not own another site's pages, callbacks or routes.
PAGES = {
    "internal": (
        "dashboards.pages.review.overview",
        "dashboards.pages.review.behind",
        "dashboards.pages.review.indicator",
        "dashboards.pages.review.changes",
        "dashboards.pages.review.funnel",
        "dashboards.pages.review.working",
        "dashboards.pages.review.assessment",
        "dashboards.pages.planning.map",
        "dashboards.pages.planning.map_pair",
        "dashboards.pages.planning.coverage",
        "dashboards.pages.planning.siting",
        "dashboards.pages.forecasts.queue",
        "dashboards.pages.forecasts.workbench",
        "dashboards.pages.forecasts.adjustments",
        "dashboards.pages.forecasts.adjust_many",
        "dashboards.pages.forecasts.adjustment_value",
        "dashboards.pages.forecasts.backtest",
        "dashboards.pages.forecasts.forecast_runs",
        "dashboards.pages.forecasts.methods",
        "dashboards.pages.plans.catalogue",
        "dashboards.pages.plans.compare",  # before the page of one plan, whose address would fit it too
        "dashboards.pages.plans.plan",
        "dashboards.pages.administration.accounts",
        "dashboards.pages.delivery.programmes",
        "dashboards.pages.delivery.programme",
        "dashboards.pages.desk.upload",
        "dashboards.pages.desk.layers",
        "dashboards.pages.desk.records",
        "dashboards.pages.desk.imports",
        "dashboards.pages.desk.edit",
        "dashboards.pages.desk.history",
        "dashboards.pages.desk.quality",
        "dashboards.pages.delivery.cells",
        "dashboards.pages.delivery.services",
        "dashboards.pages.delivery.tasks",
        "dashboards.pages.search",
        "dashboards.pages.not_found_404",
    ),
}
STYLES = ("/assets/vendor/bootstrap-5.3.9.min.css",)
LONGEST_QUERY_VALUE = 200
OF_FACTORIES = ("className", "figure", "children", "path")  # parameters of components.link, address and download_bar
# What the page router of Dash asks and answers; everybody who may open the site may ask, each page then checks again.
ROUTER_PERMISSION = "open the site"
log = logging.getLogger(__name__)


class Kangtu(dash.Dash):
    """Dash whose index page is in the reader's language and colours."""

    def interpolate_index(self, **parts: str) -> str:
        title, opening = _("Kangtu · Healthy City plans"), _("Opening…")
        needs_script = _("This site needs JavaScript; please allow it for this address.")
        scheme = components.chosen_theme()
        theme = f' data-bs-theme="{scheme}" data-chosen-theme="{scheme}"' if scheme else ""
        return f"""<!DOCTYPE html>
<html lang="{LANGUAGES[current_language()]}"{theme}>
<head>
{parts["metas"]}
<title>{title}</title>
<link rel="icon" type="image/svg+xml" href="/assets/icon.svg">
<script src="/assets/early/theme.js"></script>
{parts["css"]}
</head>
<body>
<div id="react-entry-point"><p class="kt-opening">{opening}</p></div>
<noscript>{needs_script}</noscript>
<footer>
{parts["config"]}
<script src="/assets/vendor/plotly-locale-zh-cn.js"></script>
{parts["scripts"]}
{parts["renderer"]}
</footer>
</body>
</html>"""


def create_app(settings: Settings, engine) -> dash.Dash:
    """The application of settings.site on this store; its Flask server is .server. Starts nothing."""
    check_dash()
    data.configure(engine, settings)
    modules = PAGES[settings.site]
    for module in modules:
        importlib.import_module(module)
    app = Kangtu(
        __name__,
        use_pages=True,
        pages_folder="",
        assets_folder=str(ROOT / "assets"),
        assets_path_ignore=["vendor", "early"],
        external_stylesheets=list(STYLES),
        serve_locally=True,
        suppress_callback_exceptions=True,  # pages are laid out when they are asked for
        include_pages_meta=False,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        title="Kangtu",
        update_title=None,
        enable_mcp=False,
        on_error=tell_reader,
        add_log_handler=False,
    )
    guard = Guard(app.server, proxies=settings.proxies, takes_plain_http=settings.plain_http)
    if settings.proxies:  # as many as there are: one more, and anybody could say who they are
        app.server.wsgi_app = ProxyFix(app.server.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0)
    install_pages(modules)
    install_callbacks(app, guard, modules)
    install_routes(app, guard, modules)
    guard.knows_page = lambda path: bool(dash._pages._path_to_page(path.strip("/"))[0])
    app.layout = components.shell
    warm_up(app, guard)
    return app


def check_dash() -> None:
    """Refuse a Dash with known holes. Raises RuntimeError."""
    if tuple(int(part) for part in version("dash").split(".")[:3]) < LOWEST_DASH:
        raise RuntimeError(f"dash {version('dash')} is too old; install {'.'.join(map(str, LOWEST_DASH))} or newer.")


def belongs(module: str, modules: tuple[str, ...]) -> bool:
    """Whether a declaration of this module is the site's: its own pages', or not a page's at all."""
    return module in modules or not module.startswith("dashboards.pages.")


def install_pages(modules: tuple[str, ...]) -> None:
    """Put the site's pages into Dash's registry, which is one per process: whatever stood there goes."""
    dash.page_registry.clear()
    for page in (access.declared.pages[module] for module in modules):
        dash.register_page(
            page.module,
            path=None if page.path_template else page.path,
            path_template=page.path_template,
            name=page.name,
            order=page.order,
            title=window_title(page),
            layout=guarded_layout(page),
        )


def window_title(page: access.Page):
    """The browser's title of a page, in the reader's language."""
    return lambda **_variables: f"{_(page.name)} · {_('Kangtu')}"


def guarded_layout(page: access.Page):
    """The page's layout behind its permission; a fault is logged and said, not shown as a blank."""

    def layout(**query):
        if not access.may(page.permission):
            return components.forbidden()
        known = {key: text for key, text in query.items() if is_state(key, text)}
        try:
            return page.layout(**known)
        except Exception:
            log.exception("%s could not be laid out with %s", page.module, known)
            return components.failed_page()

    return layout


def is_state(key: str, text: object) -> bool:
    """Whether a part of an address may be a page's state. Pages hand it on with **query to what has own parameters."""
    return isinstance(text, str) and len(text) <= LONGEST_QUERY_VALUE and key not in OF_FACTORIES


def install_callbacks(app: dash.Dash, guard: Guard, modules: tuple[str, ...]) -> None:
    """Hand the site's callbacks to Dash and tell the guard what each of them needs."""
    for declared in access.declared.callbacks:
        if not belongs(declared.module, modules):
            continue
        if declared.is_clientside:
            app.clientside_callback(declared.function, *declared.dependencies, **declared.options)
        else:
            app.callback(*declared.dependencies, **declared.options)(declared.function)
        register_output(app, guard, app._callback_list[-1], declared.permission, declared)


def register_output(
    app: dash.Dash, guard: Guard, spec: dict, permission: str, declared: access.Callback | None = None
) -> None:
    """Tell the guard about one callback as Dash describes it to the browser."""
    output = spec["output"]
    guard.callbacks[output] = permission
    if spec["clientside_function"]:
        guard.in_browser.add(output)
        return
    outputs = flatten_grouping(app.callback_map[output]["output"]) if not spec["no_output"] else []
    guard.expected[output] = Expected(
        spec,
        [{"id": one.component_id_str(), "property": one.component_property} for one in outputs],
        declared.function if declared else None,
        order_of(declared) if declared else (),
    )


def order_of(declared: access.Callback) -> list[str]:
    """For each parameter of a callback's function, whether it is one of the inputs or of the states."""
    flat = flatten_grouping([*declared.dependencies, *(declared.options.get(name, []) for name in ("inputs", "state"))])
    kinds = {dash.Input: "inputs", dash.State: "state"}
    return [kinds[type(one)] for one in flat if type(one) in kinds]


def install_routes(app: dash.Dash, guard: Guard, modules: tuple[str, ...]) -> None:
    """Hand the site's routes to Flask; a rule of ours goes before Dash's own catch-all."""
    guard.routes[CALLBACKS] = ROUTER_PERMISSION  # looked up by output id, see Guard
    for route in access.declared.routes:
        if belongs(route.module, modules):
            endpoint = f"{route.module}.{route.function.__name__}"
            app.server.add_url_rule(route.rule, endpoint, route.function, methods=list(route.methods))
            if guard.routes.setdefault(route.rule, route.permission) != route.permission:
                raise RuntimeError(f"{route.rule} has two permissions")


def warm_up(app: dash.Dash, guard: Guard) -> None:
    """Answer one request, so that Dash adds its own callbacks (the page router) before anybody else asks.

    Only then are all inline scripts known, and the policy can name their hashes. One figure is drawn, so that Plotly
    reads what it knows of figures (a fifth of a second) before the first reader asks for one.
    """
    go.Figure(go.Bar(x=[0], y=[0]), layout={"template": "none"})
    ours = set(guard.callbacks)
    app.server.test_client().get("/health", headers={"Host": "localhost"})  # the guard lets anybody ask this
    for spec in app._callback_list:
        if spec["output"] not in ours:
            if not spec["output"].lstrip(".").startswith("_pages_"):
                raise RuntimeError(f"the callback of {spec['output']} was not declared with a permission")
            register_output(app, guard, spec, ROUTER_PERMISSION)
    guard.policy = content_security_policy(app.csp_hashes())


def tell_reader(error: Exception) -> None:
    """A callback failed: log it, and say so on the page instead of leaving the old picture standing unexplained."""
    log.error("the callback behind %s failed", request.path, exc_info=error)
    dash.set_props(components.PROBLEM, {"children": components.failed(), "className": "kt-problem"})
