"""Asking a site for a page as the browser does, and reading the answer as a person does."""

CALLBACKS = "/_dash-update-component"
ROUTER = ".._pages_content.children..._pages_store.data.."


def ask_page(client, path="/", search="", **options):
    """The answer to what the browser posts to have a page laid out."""
    inputs = [
        {"id": "_pages_location", "property": "pathname", "value": path},
        {"id": "_pages_location", "property": "search", "value": search},
    ]
    outputs = [{"id": "_pages_content", "property": "children"}, {"id": "_pages_store", "property": "data"}]
    body = {"output": ROUTER, "outputs": outputs, "inputs": inputs, "changedPropIds": ["_pages_location.pathname"]}
    return client.post(CALLBACKS, json=body, **options)


def page(client, path="/", search="", language="en"):
    """The layout of a page: Dash's components as dicts."""
    options = {"headers": {"Referer": f"http://localhost/?lang={language}"}}
    return ask_page(client, path, search, **options).json["response"]["_pages_content"]["children"]


def parts(component):
    """The component and all that it holds."""
    if isinstance(component, list):
        for one in component:
            yield from parts(one)
    elif isinstance(component, dict):
        yield component
        yield from parts(component.get("props", {}).get("children"))
    elif component is not None:
        yield component


def text(component) -> str:
    """What a person reads of it, pieces parted by a blank."""
    return " ".join(str(part) for part in parts(component) if not isinstance(part, dict)).replace("\u00a0", " ")


def of_type(component, kind) -> list[dict]:
    """All components of a type inside: "H1", "Tr", "Link"."""
    return [part for part in parts(component) if isinstance(part, dict) and part.get("type") == kind]


def rows(component) -> list[list[str]]:
    """The cells of every table row inside, as text."""
    return [
        [text(cell) for cell in row["props"]["children"]]
        for row in of_type(component, "Tr")
        if isinstance(row["props"]["children"], list)
    ]


def links(component) -> dict[str, str]:
    """Text of every link inside -> where it leads."""
    return {text(link): link["props"]["href"] for link in of_type(component, "Link")}
