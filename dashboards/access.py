"""Who may see what. A page, a callback, a route or a download is declared with a permission, or it is not served.

Declarations are collected here while modules are imported; dashboards/app.py puts those of the site into the
application, and dashboards/guard.py asks may() before Dash sees a request. Hidden is not protected.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import g, has_request_context

PERMISSIONS = (
    "come to the door",  # everybody: log in, be refused, load the style
    "open the site",  # the empty frame: style, scripts, the list of pages, one's own account
    "see figures",
    "download figures",
    "run forecasts",
    "adjust forecasts",
    "approve adjustments",  # of others: one's own are refused where they are approved
    "import figures",
    "certify figures",  # say that a reported count is certified, and change one that is
    "edit registers",
    "save scenarios",
    "manage accounts",
)
_READS = {"open the site", "see figures", "download figures"}
ROLES = {
    "leader": _READS,
    "planner": _READS | {"import figures", "certify figures", "edit registers", "save scenarios"},
    "analyst": _READS | {"run forecasts", "adjust forecasts", "approve adjustments"},
    "reporter": {"open the site", "see figures", "import figures"},
    "administrator": {"open the site", "import figures", "certify figures", "edit registers", "manage accounts"},
}


@dataclass(frozen=True)
class User:
    """Somebody who asks. area_ids: the areas whose figures they may see, with all that lies in them; none is all.

    name: the login name. account_id: None for the demo's visitor, who has no account; the record then names nobody.
    """

    name: str
    roles: frozenset[str]
    area_ids: frozenset[str] = frozenset()
    account_id: int | None = None
    display_zh: str = ""
    display_en: str = ""

    @property
    def scope(self) -> tuple[str, ...]:
        """The same for the same areas: what a cache key holds."""
        return tuple(sorted(self.area_ids))


# Who opens a store without any real account, which answers this machine only.
DEMO_USER = User("demo", frozenset(ROLES), display_zh="演示访客", display_en="Demo visitor")
NOBODY = User("", frozenset())  # not logged in; or the program itself, outside a request


def current_user() -> User:
    """Who asks now, as the guard found out (dashboards/door.py)."""
    return g.get("user", NOBODY) if has_request_context() else NOBODY


def may(permission: str, user: User | None = None) -> bool:
    """Whether the user (default: who asks now) has the permission through one of their roles."""
    user = user or current_user()
    return permission == "come to the door" or any(permission in ROLES.get(role, ()) for role in user.roles)


@dataclass(frozen=True)
class Page:
    module: str
    path: str
    name: str  # English, marked with language.mark(); translated where shown
    section: str  # the heading of the top bar it stands under, marked too; "" stands under none
    permission: str
    layout: Callable
    order: int
    path_template: str | None = None


@dataclass(frozen=True)
class Callback:
    module: str
    function: object  # the Python function, or the ClientsideFunction
    dependencies: tuple
    options: dict
    permission: str
    is_clientside: bool = False


@dataclass(frozen=True)
class Route:
    module: str
    rule: str
    function: Callable
    permission: str
    methods: tuple[str, ...] = ("GET",)


@dataclass
class Registry:
    """What has been declared by the modules imported so far."""

    pages: dict[str, Page] = field(default_factory=dict)
    callbacks: list[Callback] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)


declared = Registry()


def register_page(
    module: str,
    *,
    path: str,
    name: str,
    permission: str,
    layout: Callable,
    section: str = "",
    order: int = 100,
    path_template: str | None = None,
) -> None:
    """Declare a page. layout(**query) is called with the address's query keys, all text; take what you know.

    module: __name__. name, section: English through language.mark(). order: place within the section's list.
    path_template: as in Dash ("/plans/<plan_id>"); its variables come to layout with the query keys.
    """
    _check(permission)
    declared.pages[module] = Page(module, path, name, section, permission, layout, order, path_template)


def callback(*dependencies, permission: str, **options) -> Callable[[Callable], Callable]:
    """dash.callback with the permission it needs: @callback(Output(...), Input(...), permission="see figures")."""
    _check(permission)

    def declare(function: Callable) -> Callable:
        declared.callbacks.append(Callback(function.__module__, function, dependencies, options, permission))
        return function

    return declare


def clientside_callback(function, *dependencies, permission: str, module: str, **options) -> None:
    """The same for a dash.ClientsideFunction, whose code stands in an asset file (never as a string: CSP)."""
    _check(permission)
    if isinstance(function, str):
        raise ValueError("Put the function into a file of assets/ and name it with dash.ClientsideFunction.")
    declared.callbacks.append(Callback(module, function, dependencies, options, permission, is_clientside=True))


def route(rule: str, *, permission: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[Callable], Callable]:
    """A Flask route with the permission it needs. A GET changes nothing."""
    _check(permission)

    def declare(function: Callable) -> Callable:
        declared.routes.append(Route(function.__module__, rule, function, permission, methods))
        return function

    return declare


def _check(permission: str) -> None:
    if permission not in PERMISSIONS:
        raise ValueError(f"permission {permission!r} is not one of {', '.join(PERMISSIONS)}")
