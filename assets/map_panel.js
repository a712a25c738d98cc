/* One map on a page (dashboards/map_panel.py): ties the Leaflet map that dash-leaflet makes to our canvas layer.

   Values come in through a clientside callback (kangtuMap.show); geometry is fetched here, once; only the chosen area's
   code and the view go back, into two stores. A page that is visited again makes a new map: the newest one registers
   under the panel's id and is shown what was last asked for. */
(function () {
  "use strict";

  const { choropleth, geometry } = window.kangtu;
  const panels = new Map(); // panel id -> {id, map, layer, payload, selected, key, asked}

  function panelOf(id) {
    if (!panels.has(id)) panels.set(id, { id, map: null, layer: null, payload: null, selected: null, key: null, asked: 0 });
    return panels.get(id);
  }

  function themeNow() {
    return document.documentElement.dataset.bsTheme === "dark" ? "dark" : "light";
  }

  function bytesOf(base64) {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  }

  /* Numbers as dashboards/map_values.py writes them: integers in the last shown decimal counted from an offset, the
     largest one for "no value"; or a plain list where 16 bits are too narrow. Returns index -> number or null. */
  function decodeValues({ encoding, data, offset, decimals }) {
    if (encoding === "list") return (i) => data[i];
    const bytes = bytesOf(data);
    const integers = new DataView(bytes.buffer);
    return (i) => {
      const integer = integers.getUint16(2 * i, true);
      return integer === 65535 ? null : (integer + offset) / 10 ** decimals;
    };
  }

  /* The layer with its geometry, or an Error where figures and geometry are not of one file. */
  async function assemble(sent, legend) {
    if (!sent) return null;
    const loaded = await geometry.load(sent);
    const classes = bytesOf(sent.classes);
    if (loaded.hash !== sent.hash || classes.length !== loaded.areas.length) {
      throw new RangeError(`figures for ${sent.hash} (${classes.length}), geometry ${loaded.hash} (${loaded.areas.length})`);
    }
    return { geometry: loaded, classes, legend, value: decodeValues(sent.values) };
  }

  function say(panel, text) {
    const container = panel.map.getContainer();
    let message = container.querySelector(".map-message");
    if (!message) {
      message = window.L.DomUtil.create("div", "map-message", container);
      message.setAttribute("role", "status");
    }
    message.textContent = text || "";
    message.hidden = !text;
  }

  function nameControls(map, words) {
    const controls = [
      [".leaflet-control-zoom-in", words.zoom_in],
      [".leaflet-control-zoom-out", words.zoom_out],
      [".map-measure button", words.measure],
    ];
    for (const [part, text] of controls) {
      const button = map.getContainer().querySelector(part);
      if (!button) continue;
      button.title = text;
      button.setAttribute("aria-label", text);
    }
  }

  async function refresh(panel) {
    const { map, layer, payload } = panel;
    if (!map || !payload) return;
    nameControls(map, payload.words);
    const turn = (panel.asked += 1); // a slow answer to an earlier question is not painted over a later one
    const slow = window.setTimeout(() => say(panel, payload.words.loading), 300);
    try {
      const [areas, dots, outline] = await Promise.all([
        assemble(payload.areas, payload.legend),
        assemble(payload.dots, payload.legend),
        payload.outline ? geometry.load(payload.outline) : null,
      ]);
      if (turn !== panel.asked || panel.map !== map) return;
      fold(map, !areas);
      fitOnce(panel, areas);
      layer.show({ areas, dots, outline, selected: panel.selected, language: payload.language, theme: themeNow() });
      window.kangtu.stack.repaint(map); // service areas keep within the outline of what is shown
      say(panel, areas ? "" : payload.words.empty);
    } catch (error) {
      if (turn !== panel.asked || panel.map !== map) return;
      layer.show({ areas: null, dots: null, outline: null });
      say(panel, error instanceof RangeError ? payload.words.refused : payload.words.failed);
    } finally {
      window.clearTimeout(slow);
      map.getContainer().dataset.painted = String(turn); // what a test, or a printer, waits for
    }
  }

  // Without shapes the panel is as high as its message; the figures stand in the table under it.
  function fold(map, isFolded) {
    if (map.getContainer().classList.toggle("map-nowhere", isFolded) !== Boolean(map.kangtuFolded)) {
      map.kangtuFolded = isFolded;
      map.invalidateSize({ pan: false });
    }
  }

  function fitOnce(panel, areas) {
    const { map, payload } = panel;
    if (!areas || map.kangtuPlace === payload.place) return;
    map.kangtuPlace = payload.place;
    if (panel.view) {
      map.setView([panel.view.lat, panel.view.lon], panel.view.zoom, { animate: false });
    } else {
      const [west, south, east, north] = payload.bounds;
      map.fitBounds([[south, west], [north, east]], { animate: false, padding: [12, 12] });
    }
    map.kangtuFitted = map.getCenter().toString() + map.getZoom();
  }

  function figureText(payload, layer, index) {
    const { tooltip, legend } = payload;
    const value = layer.value(index);
    const entry = legend[layer.classes[index]];
    if (value === null) return entry ? entry.label : "";
    const digits = {
      minimumFractionDigits: tooltip.decimals,
      maximumFractionDigits: tooltip.decimals,
      signDisplay: tooltip.is_change ? "exceptZero" : "auto",
    };
    const text = tooltip.pattern.replace("{}", value.toLocaleString("en-US", digits).replace("-", "\u2212"));
    return tooltip.says_class && entry ? `${entry.label} · ${text}` : text;
  }

  function tooltipOf(payload, { layer, index }) {
    const area = layer.geometry.areas[index];
    const lines = [
      ["strong", area.names[payload.language]],
      ["div", figureText(payload, layer, index)],
      ["div", `${payload.tooltip.indicator} · ${payload.tooltip.period}`, "map-tip-muted"],
      ["div", payload.tooltip.notes[area.id], "map-tip-muted"],
      ["div", area.isIllustrative ? payload.words.illustrative : "", "map-tip-muted"],
    ];
    const box = document.createElement("div");
    for (const [tag, text, className] of lines) {
      if (!text) continue;
      const line = box.appendChild(document.createElement(tag));
      line.textContent = text;
      if (className) line.className = className;
    }
    return box;
  }

  /* A circle of the population layer: whose it is and how many live there. */
  function personsTip({ words, language }, { names, persons }) {
    const box = document.createElement("div");
    box.appendChild(document.createElement("strong")).textContent = names[language];
    const said = persons === null ? words.persons_unknown : words.persons.replace("{}", persons.toLocaleString("en-US"));
    box.appendChild(document.createElement("div")).textContent = said;
    return box;
  }

  function hover(panel, event) {
    const circle = panel.payload && window.kangtu.stack.find(panel.map, event.containerPoint);
    const found = circle || (panel.payload && panel.layer.find(event.containerPoint));
    panel.map.getContainer().classList.toggle("map-over-area", Boolean(found));
    if (!found) return panel.map.closeTooltip(panel.tip);
    const content = circle ? personsTip(panel.payload, circle) : tooltipOf(panel.payload, found);
    panel.tip.setContent(content).setLatLng(event.latlng);
    return panel.map.hasLayer(panel.tip) ? undefined : panel.map.openTooltip(panel.tip);
  }

  function select(panel, event) {
    if (window.kangtu.measure.isMeasuring(panel.map)) return;
    const found = panel.payload && panel.layer.find(event.containerPoint);
    const circle = panel.payload && window.kangtu.stack.find(panel.map, event.containerPoint);
    const isShown = circle && panel.layer.scene.areas && panel.layer.scene.areas.geometry.indexOf.has(circle.areaId);
    const areaId = isShown ? circle.areaId : found && found.layer.geometry.areas[found.index].id;
    if (areaId) window.dash_clientside.set_props(`${panel.id}-selected`, { data: areaId });
  }

  /* The area chosen from the list comes into view, not closer than the reader was. */
  function reveal(panel, areaId) {
    const { areas } = panel.layer.scene;
    const index = areas ? areas.geometry.indexOf.get(areaId) : undefined;
    const at = index === undefined ? null : areas.geometry.areas[index].label;
    if (!at) return;
    const view = panel.layer.viewOf(panel.map);
    const x = (areas.geometry.centre[0] + at[0] - view.left) * view.scale;
    const y = (areas.geometry.centre[1] + at[1] - view.top) * view.scale;
    const isShown = x > 20 && y > 20 && x < view.width - 20 && y < view.height - 20;
    if (!isShown) panel.map.panTo(panel.map.containerPointToLatLng([x, y]), { animate: false });
  }

  /* Where the reader moved to, in the address, without asking the server. */
  function keepView({ map }) {
    if (!map.kangtuFitted || map.getCenter().toString() + map.getZoom() === map.kangtuFitted) return;
    const { lat, lng } = map.getCenter();
    const address = new URL(window.location.href);
    for (const [key, value, digits] of [["lat", lat, 4], ["lon", lng, 4], ["zoom", map.getZoom(), 2]]) {
      address.searchParams.set(key, String(+value.toFixed(digits)));
    }
    window.history.replaceState(window.history.state, "", address.pathname + address.search);
  }

  /* The wheel turns the page until the reader has clicked or tabbed into the map. */
  function wheelOnlyWhenAsked(map) {
    map.scrollWheelZoom.disable();
    map.on("focus click", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());
  }

  function attach(map) {
    const container = map.getContainer();
    if (!container.id.endsWith("-map")) return;
    const panel = panelOf(container.id.slice(0, -"-map".length));
    map.createPane("choropleth").style.zIndex = 350; // above a base map, below points and tooltips
    panel.map = map;
    panel.layer = new choropleth.ChoroplethLayer();
    panel.tip = window.L.tooltip({ direction: "auto", offset: [12, 0], className: "map-tip", opacity: 1 });
    map.addLayer(panel.layer);
    map.on("mousemove", (event) => hover(panel, event));
    map.on("mouseout", () => map.closeTooltip(panel.tip));
    map.on("click", (event) => select(panel, event));
    map.on("moveend", () => keepView(panel));
    wheelOnlyWhenAsked(map);
    const resized = new ResizeObserver(() => map.invalidateSize({ pan: false }));
    resized.observe(container);
    map.on("unload", () => {
      resized.disconnect();
      if (panel.map === map) panel.map = panel.layer = null;
    });
    refresh(panel);
  }

  window.L.Map.addInitHook(function () {
    this.whenReady(() => attach(this));
  });

  /* A name beside the map chooses its area. */
  document.addEventListener("click", (event) => {
    const name = event.target.closest("[data-map-area]");
    if (name) window.dash_clientside.set_props("map-panel-selected", { data: name.dataset.mapArea });
  });

  new MutationObserver(() => {
    for (const panel of panels.values()) if (panel.layer) panel.layer.show({ theme: themeNow() });
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });

  window.kangtu.panels = panels;
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.kangtuMap = {
    /* All inputs of one callback: a new choice alone only moves the outline. key: the legend of the points. */
    show(payload, selected, key, view, mapId) {
      const panel = panelOf(mapId.slice(0, -"-map".length));
      const isNew = payload !== panel.payload;
      panel.payload = payload;
      panel.selected = selected;
      panel.key = key;
      panel.view = view;
      if (isNew) refresh(panel);
      else if (panel.layer) {
        panel.layer.show({ selected });
        if (selected) reveal(panel, selected);
      }
      return selected;
    },

    /* The list and the map choose the same area: whichever changed last says which. */
    chooseArea(selected, listed) {
      const changed = window.dash_clientside.callback_context.triggered.map(({ prop_id }) => prop_id);
      const chosen = changed.some((name) => name.endsWith("-selected.data")) ? selected : listed;
      return [chosen || null, chosen || null];
    },
  };
})();
