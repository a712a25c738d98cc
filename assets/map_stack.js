/* The layers over a map's colours, one above the other (dashboards/map_layers.py): population, service areas, borders,
   places. Each has a pane of its own, so that the order is the reader's; a change of order or period fetches nothing anew.

   An entry of the list, lowest first: {key, family, label, url, hash} and what its family needs. A layer on the map:
   {entry, remove(), repaint(), paint(context, view, theme, scene), find(map, point)}; the picture uses the same paint. */
(function () {
  "use strict";

  const { L } = window;
  const { choropleth, geometry, panels } = window.kangtu;
  const files = new Map(); // URL -> promise of what the file holds
  const stacks = new WeakMap(); // map -> its layers, lowest first
  const FIRST_PANE = 410; // z-index: above the colours (350), below the tooltips (650)
  const BEYOND = "rgba(141,134,171,0.45)"; // out of reach: violet-grey
  const EDGES = [
    { light: "#3d2a78", dark: "#cfc2ff", dash: [] },
    { light: "#7a3b00", dark: "#ffc182", dash: [10, 5] },
    { light: "#0b4f3c", dark: "#8fe3c4", dash: [2, 4] },
  ];
  const CLUSTER_PX = 44;
  const CLUSTERS_TO_ZOOM = 11; // closer, each place stands for itself
  const PROJECTION_ZOOM = Math.log2(geometry.WORLD_PX / 256);

  function themeNow() {
    return document.documentElement.dataset.bsTheme === "dark" ? "dark" : "light";
  }

  async function fetched(url) {
    const response = await fetch(url, { credentials: "same-origin" });
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    const { items } = await response.json();
    return items.map(([lon, lat, ...rest]) => ({ lon, lat, at: geometry.project(lon, lat), rest }));
  }

  function load(entry) {
    if (entry.family === "reach" || entry.family === "borders") return geometry.load(entry);
    if (!files.has(entry.url)) {
      const promise = fetched(entry.url);
      promise.catch(() => files.delete(entry.url));
      files.set(entry.url, promise);
    }
    return files.get(entry.url);
  }

  const onScreen = (view, [x, y]) => [(x - view.left) * view.scale, (y - view.top) * view.scale];

  /* Painted layers ------------------------------------------------------------------------------------------------ */

  const Painted = choropleth.ChoroplethLayer.extend({
    className: "map-overlay",
    initialize(pane, paint, sceneOf) {
      Object.assign(this, { paneName: pane, paintOn: paint, sceneOf });
    },
    _paint(context, view) {
      this.paintOn(context, view, themeNow(), this.sceneOf());
    },
  });

  /* What lies outside the service area is tinted, within the map's own outline; its edge is a line. */
  function reachPainter(entry, area) {
    const path = area.areas.length ? area.areas[0].path : null;
    return (context, view, theme, scene) => {
      const outline = scene.outline || (scene.areas && scene.areas.geometry);
      if (!outline) return;
      context.save();
      choropleth.enter(context, view, outline);
      context.clip(outline.whole());
      choropleth.enter(context, view, path ? area : outline);
      const beyond = new Path2D();
      beyond.rect(-geometry.WORLD_PX, -geometry.WORLD_PX, 2 * geometry.WORLD_PX, 2 * geometry.WORLD_PX);
      if (path) beyond.addPath(path);
      context.fillStyle = BEYOND;
      context.fill(beyond, "evenodd");
      if (path) strokeEdge(context, view, path, EDGES[entry.line], theme);
      context.restore();
    };
  }

  function strokeEdge(context, view, path, edge, theme) {
    context.lineJoin = "round";
    context.strokeStyle = edge[theme];
    context.lineWidth = 2.2 / view.scale;
    context.setLineDash(edge.dash.map((length) => length / view.scale));
    context.stroke(path);
    context.setLineDash([]);
  }

  function borderPainter(_entry, borders) {
    return (context, view, theme) => {
      const meshes = borders.meshes();
      if (!meshes) return;
      context.save();
      choropleth.enter(context, view, borders);
      context.strokeStyle = choropleth.INK[theme].border;
      context.lineJoin = "round";
      context.lineWidth = 1.2 / view.scale;
      context.stroke(meshes.solid);
      context.setLineDash([5 / view.scale, 3 / view.scale]);
      context.stroke(meshes.dashed);
      context.restore();
    };
  }

  function radiusOf(entry, persons) {
    return entry.radius * Math.sqrt(persons / entry.top);
  }

  /* Circles whose area is as the number of persons, largest first; a small broken ring where nobody knows the number. */
  function peoplePainter(entry, items) {
    return (context, view, theme) => {
      const ink = choropleth.INK[theme];
      context.save();
      context.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
      context.lineWidth = 1.4;
      context.strokeStyle = ink.ink;
      context.fillStyle = theme === "dark" ? "rgba(20,25,31,0.6)" : "rgba(255,255,255,0.62)";
      for (const { at, rest } of items) {
        const [x, y] = onScreen(view, at);
        if (x < -40 || y < -40 || x > view.width + 40 || y > view.height + 40) continue;
        const isKnown = rest[0] !== null;
        context.beginPath();
        context.arc(x, y, isKnown ? Math.max(radiusOf(entry, rest[0]), 1) : 4, 0, 2 * Math.PI);
        context.setLineDash(isKnown ? [] : [2, 2]);
        if (isKnown) context.fill();
        context.stroke();
      }
      context.restore();
    };
  }

  /* The smallest circle under a point: {areaId, names, persons}. */
  function personsAt(entry, items, view, point) {
    let found = null;
    for (const { at, rest } of items) {
      const [x, y] = onScreen(view, at);
      const radius = Math.max(rest[0] === null ? 4 : radiusOf(entry, rest[0]), 4);
      if (Math.hypot(x - point.x, y - point.y) <= radius && (!found || radius < found.radius)) {
        found = { radius, persons: rest[0], areaId: rest[1], names: { zh: rest[2], en: rest[3] || rest[2] } };
      }
    }
    return found;
  }

  const PAINTERS = { reach: reachPainter, borders: borderPainter, population: peoplePainter };

  function paintedLayer(panel, entry, content, pane) {
    const paint = PAINTERS[entry.family](entry, content);
    const layer = new Painted(pane, paint, () => panel.layer.scene).addTo(panel.map);
    const isPeople = entry.family === "population";
    return {
      entry,
      paint,
      remove: () => layer.remove(),
      repaint: () => layer.repaint(),
      find: (map, point) => (isPeople ? personsAt(entry, content, panel.layer.viewOf(map), point) : null),
    };
  }

  /* Places -------------------------------------------------------------------------------------------------------- */

  /* Places nearer to one another than CLUSTER_PX become one, which stands in their middle. */
  function clustersOf(items, zoom) {
    if (zoom > CLUSTERS_TO_ZOOM) return items.map((item) => ({ at: item.at, items: [item] }));
    const reach = CLUSTER_PX / 2 ** (zoom - PROJECTION_ZOOM);
    const cells = new Map();
    const found = [];
    for (const item of items) {
      const [column, row] = item.at.map((value) => Math.floor(value / reach));
      const near = [];
      for (let i = column - 1; i <= column + 1; i += 1) {
        for (let j = row - 1; j <= row + 1; j += 1) near.push(...(cells.get(`${i} ${j}`) || []));
      }
      const home = near.find(({ items: [first] }) => Math.hypot(first.at[0] - item.at[0], first.at[1] - item.at[1]) < reach);
      if (home) {
        home.items.push(item);
        continue;
      }
      const cluster = { items: [item] };
      found.push(cluster);
      const cell = `${column} ${row}`;
      cells.set(cell, [...(cells.get(cell) || []), cluster]);
    }
    for (const cluster of found) {
      cluster.at = [0, 1].map((axis) => cluster.items.reduce((sum, { at }) => sum + at[axis], 0) / cluster.items.length);
    }
    return found;
  }

  function markerOf(panel, entry, cluster, pane) {
    const { map } = panel;
    const latlng = map.unproject(cluster.at, PROJECTION_ZOOM);
    const language = (panel.payload && panel.payload.language) || "zh";
    if (cluster.items.length === 1) {
      const [zh, en] = cluster.items[0].rest;
      const name = (language === "en" && en) || zh;
      const properties = { name, kind: entry.label, glyph: entry.glyph, family: entry.family };
      return window.kangtuPoints.marker({ properties }, latlng, pane);
    }
    const marker = window.kangtuPoints.group(entry, cluster.items.length, latlng, pane);
    marker.on("click", () => {
      const bounds = L.latLngBounds(cluster.items.map(({ lat, lon }) => [lat, lon]));
      map.fitBounds(bounds, { padding: [40, 40], maxZoom: CLUSTERS_TO_ZOOM + 1 });
    });
    return marker;
  }

  function placesLayer(panel, entry, items, pane) {
    const { map } = panel;
    const group = L.layerGroup().addTo(map);
    let [zoom, clusters, shown] = [null, [], []];
    const repaint = () => {
      if (map.getZoom() !== zoom) clusters = clustersOf(items, (zoom = map.getZoom()));
      const bounds = map.getBounds().pad(0.1);
      group.clearLayers();
      shown = clusters.filter(({ at }) => bounds.contains(map.unproject(at, PROJECTION_ZOOM)));
      for (const cluster of shown) group.addLayer(markerOf(panel, entry, cluster, pane));
    };
    const paint = (context, view) => {
      context.save();
      context.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
      for (const { at, items: members } of shown) window.kangtu.picture.drawPlace(context, entry, members.length, onScreen(view, at));
      context.restore();
    };
    map.on("moveend", repaint);
    repaint();
    const remove = () => {
      map.off("moveend", repaint);
      group.remove();
    };
    return { entry, paint, remove, repaint, find: () => null };
  }

  /* The stack ----------------------------------------------------------------------------------------------------- */

  function paneAt(map, place) {
    const name = `map-stack-${place}`;
    if (!map.getPane(name)) map.createPane(name).style.zIndex = String(FIRST_PANE + place);
    return name;
  }

  async function put(panel, entries) {
    const { map } = panel;
    const turn = (panel.stacked = (panel.stacked || 0) + 1); // a slow file does not come over a later choice
    const contents = await Promise.all(entries.map((entry) => load(entry).catch(() => null)));
    if (turn !== panel.stacked || panel.map !== map || !panel.layer) return;
    for (const layer of stacks.get(map) || []) layer.remove();
    const make = (entry) => (PAINTERS[entry.family] ? paintedLayer : placesLayer);
    const there = entries.map((entry, i) => [entry, contents[i], i]).filter(([, content]) => content);
    stacks.set(map, there.map(([entry, content, i]) => make(entry)(panel, entry, content, paneAt(map, i))));
    map.getContainer().dataset.stacked = entries.map(({ key }) => key).join(); // what a test waits for
  }

  function whenThere(id, entries, attempts) {
    const panel = panels.get(id);
    if (panel && panel.map && panel.payload) put(panel, entries);
    else if (attempts) window.setTimeout(() => whenThere(id, entries, attempts - 1), 100);
  }

  function repaint(map) {
    for (const layer of stacks.get(map) || []) layer.repaint();
  }

  new MutationObserver(() => {
    for (const panel of panels.values()) if (panel.map) repaint(panel.map);
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });

  window.kangtu.stack = {
    repaint,
    paint: (map, context, view, scene) => (stacks.get(map) || []).forEach(({ paint }) => paint(context, view, "light", scene)),
    find: (map, point) =>
      (stacks.get(map) || []).reduceRight((found, layer) => found || layer.find(map, point), null),
    EDGES,
    BEYOND,
  };

  /* layers: {entries, lines, notes} of dashboards/map_layers.py; entries lowest first. */
  window.dash_clientside.kangtuMap.stack = function stack(layers, mapId) {
    const id = mapId.slice(0, -"-map".length);
    const panel = panels.get(id);
    if (panel) panel.layers = layers;
    whenThere(id, (layers && layers.entries) || [], 100);
    return window.dash_clientside.no_update;
  };
})();
