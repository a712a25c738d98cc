"""The account menu of the top bar: who one is, and the way to be somebody else, or nobody."""

from dash import dcc, html
from flask import g

from dashboards import data, door
from dashboards.access import User, current_user
from dashboards.account_words import roles_said
from dashboards.language import current_language, pick
from dashboards.language import gettext as _


def account_menu() -> html.Details:
    """Name and roles; inside, in a demo the identities to act as, else the password and the way out."""
    user = current_user()
    inside = [_limits(user), *(_own_account() if g.needs_log_in else _identities(user))]
    name = html.Span(_name(user), className="kt-account-name")
    roles = html.Span(roles_said(user.roles), className="kt-account-roles")
    summary = html.Summary([name, roles], title=_("Account"))
    return html.Details(
        [summary, html.Div(inside, className="kt-account-menu")], id="kt-account", className="kt-account"
    )


def _name(user: User) -> html.Span | str:
    shown = pick(user.display_zh, user.display_en) or user.name
    foreign = current_language() == "en" and not shown.isascii()
    return html.Span(shown, lang="zh") if foreign else shown


def _limits(user: User) -> html.P | None:
    if not user.area_ids:
        return None
    places = [data.area(area_id) or {"name_zh": area_id, "name_en": area_id} for area_id in user.scope]
    names = _(", ").join(pick(place["name_zh"], place["name_en"]) for place in places)
    return html.P(_("Limited to: {places}", places=names), className="kt-muted")


def _own_account() -> list:
    links = [html.A(_("Choose a password"), href="/account/password")]
    return [html.Ul([html.Li(one) for one in links]), post_form("/log-out", [_button(_("Log out"))])]


def _identities(user: User) -> list:
    """One click each; the one somebody acts as is marked, and the last leads back to the demo's visitor."""
    choices = [
        _button(
            [_name(data.user_of(account)), html.Span(roles_said(account.roles), className="kt-muted")],
            name="account",
            value=str(account.account_id),
            current=account.account_id == user.account_id,
        )
        for account in data.demo_accounts()
    ]
    heading = html.P(_("Act as…"), className="kt-account-heading")
    said = html.P(_("A demo: no password is asked on this machine."), className="kt-muted")
    back = [] if user.account_id is None else [post_form("/log-out", [_button(_("Back to the demo visitor"))])]
    return [heading, post_form("/act-as", choices), *back, said] if choices else [said]


def _button(words, *, current: bool = False, **options) -> html.Button:
    marked = {"aria-current": "true"} if current else {}
    return html.Button(words, type="submit", className="kt-account-choice", **options, **marked)


def post_form(action: str, children: list, **fields: str) -> html.Form:
    """A form that a page posts, with its token. fields: further hidden ones."""
    hidden = {door.FORM_FIELD: door.token(), **fields}
    inputs = [dcc.Input(type="hidden", name=name, value=value) for name, value in hidden.items()]
    return html.Form([*inputs, *children], action=action, method="POST")
