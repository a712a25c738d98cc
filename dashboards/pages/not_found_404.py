"""Shown for an address that no page has. Dash finds it by the module's name."""

from dashboards import components
from dashboards.access import register_page
from dashboards.language import mark


def layout(**_ignored):
    """?anything: the same words for every address."""
    return components.not_found()


register_page(__name__, path="/404", name=mark("Not found"), permission="open the site", layout=layout, order=900)
