/* The list of a map's layers (dashboards/map_layer_list.py): moves, adds and removes them in the hidden field that holds
   them as the address writes them, the top one first. The answer comes as a new list; the focus stays on the layer that
   was moved, so that a key can be pressed again. */
(function () {
  "use strict";

  const FIELD = { type: "address-choice", key: "layers", navigates: false };
  const NONE = "any"; // dashboards/components/controls.py: the option that asks for nothing
  const PATIENCE = 3000; // ms; a list that is not what was asked for by then is the answer all the same
  let wanted = null; // the order asked for while the list is not there yet
  let askedAt = 0;
  let focused = null; // {layer, move} of the button that was pressed

  const listed = () =>
    [...document.querySelectorAll("#map-layer-list li[data-layer]")].map((row) => row.dataset.layer);
  const split = (text) => (text || "").split(",").filter(Boolean);

  function ask(layers) {
    wanted = layers;
    askedAt = Date.now();
    window.dash_clientside.set_props(FIELD, { value: layers.join(",") });
  }

  function moved(layers, layer, move) {
    const from = layers.indexOf(layer);
    const rest = layers.filter((other) => other !== layer);
    if (from < 0 || move === "remove") return rest;
    const to = Math.max(0, Math.min(rest.length, from + (move === "up" ? -1 : 1)));
    return [...rest.slice(0, to), layer, ...rest.slice(to)];
  }

  function keepFocus() {
    if (!focused) return;
    const { layer, move } = focused;
    focused = null;
    const buttons = [...document.querySelectorAll("#map-layer-list button[data-layer]:not([disabled])")];
    const own = buttons.filter((button) => button.dataset.layer === layer);
    const next = own.find((button) => button.dataset.layerDo === move) || own[0] || document.getElementById("map-layer-add");
    if (next) next.focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-layer-do]");
    if (!button) return;
    const { layer, layerDo } = button.dataset;
    focused = { layer, move: layerDo };
    ask(moved(wanted && Date.now() - askedAt < PATIENCE ? wanted : listed(), layer, layerDo));
  });

  Object.assign(window.dash_clientside.kangtuMap, {
    /* A layer chosen from the list of all lies on top; one that is there already is brought there. */
    addLayer(layer, text) {
      if (!layer || layer === NONE) return window.dash_clientside.no_update;
      ask([layer, ...split(text).filter((other) => other !== layer)]);
      return NONE;
    },

    /* The radius of a service area: its layer is another one, in the same place. */
    setReach(values, ids, text) {
      const layers = split(text);
      const changed = layers.map((layer) => {
        const at = ids.findIndex((id) => id.layer === layer);
        return at < 0 || !values[at] ? layer : layer.split(":").slice(0, 2).concat(values[at]).join(":");
      });
      if (changed.join() !== layers.join()) ask([...new Set(changed)]);
      return window.dash_clientside.no_update;
    },

    /* The address of two maps side by side takes the layers along. */
    beside(address, layers, ...passing) {
      const there = new URL(address, window.location.origin);
      const chosen = ["service", "grade", "title_level", "in_year"].map((key, i) => [key, passing[i]]); // map_places.PASSING
      for (const [key, value] of [["layers", layers], ...chosen]) {
        if (value && value !== NONE) there.searchParams.set(key, value);
      }
      return there.pathname + there.search;
    },

    listed() {
      window.requestAnimationFrame(() => {
        if (wanted && listed().join() === wanted.join()) wanted = null;
        keepFocus();
      });
      return window.dash_clientside.no_update;
    },
  });
})();
