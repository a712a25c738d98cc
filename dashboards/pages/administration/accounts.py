"""Who may come in: the list of accounts, and what an administrator does with them."""

from dash import html

from dashboards import components, data
from dashboards.access import current_user, register_page
from dashboards.account_words import roles_said
from dashboards.components.account import post_form
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext


def layout(**_ignored):
    """No keys."""
    everybody = data.all_accounts()
    real = [account for account in everybody if not account.is_demo]
    open_ones = [account for account in real if not account.is_disabled]
    title = (
        ngettext("{number} person may come in", "{number} people may come in", len(open_ones))
        if real
        else _("This is a demo: everybody at this machine comes in")
    )
    return components.page(
        title,
        children=[_advice(bool(real)), listing(real or everybody)],
        method=[_("Accounts are disabled, never deleted: the record of what was done goes on naming them.")],
    )


def _advice(has_real: bool):
    if has_real:
        return html.P(html.A(_("Add an account"), href="/accounts/new", className="btn btn-primary"))
    return components.notice(
        _("The first administrator is added on the server, by whoever runs it"),
        _("python manage.py add-account NAME --roles administrator. From then on everybody logs in."),
    )


def listing(shown: list[data.Account]) -> html.Div:
    """A row for each account."""
    heads = [_("Login name"), _("Name"), _("Roles"), _("Areas"), _("State"), _("What to do")]
    rows = [
        [
            account.login_name,
            components.data_name(account.display_zh, account.display_en),
            roles_said(account.roles),
            _places(account),
            _state(account),
            _buttons(account),
        ]
        for account in shown
    ]
    if not rows:
        return components.empty(_("No accounts yet"), "")
    return components.simple_table(heads, rows, caption=_("Accounts"), className="kt-stacked kt-accounts")


def _places(account: data.Account):
    if not account.area_ids:
        return _("all")
    names = []
    for area_id in sorted(account.area_ids):
        area = data.area(area_id)
        names += [" ", components.data_name(area["name_zh"], area["name_en"]) if area else area_id]
    return html.Span(names[1:])


def _state(account: data.Account) -> str:
    if account.is_demo:
        return _("demo identity")
    if account.is_disabled:
        return _("disabled")
    return _("has a one-time secret") if account.must_change else _("in use")


def _buttons(account: data.Account) -> html.Div | None:
    if account.is_demo:
        return None
    again = _("Let in again") if account.is_disabled else _("Reset password")
    buttons = [post_form("/accounts/reset", [_button(again)], name=account.login_name)]
    if not account.is_disabled and account.account_id != current_user().account_id:
        buttons.append(post_form("/accounts/disable", [_button(_("Disable"))], name=account.login_name))
    return html.Div(buttons, className="kt-account-buttons")


def _button(words: str) -> html.Button:
    return html.Button(words, type="submit", className="btn btn-sm btn-outline-secondary")


register_page(
    __name__,
    path="/accounts",
    name=mark("Accounts"),
    section=mark("Administration"),
    permission="manage accounts",
    layout=layout,
    order=900,
)
