/* Points over the map: health cells (round) and facilities (square), clustered by dash-leaflet. Markers, not vector
   paths: a click on one does not also choose the area under it. Names go in as text, never as HTML. */
(function () {
  "use strict";

  const { L } = window;
  const FAMILIES = ["facility", "health_cell"];

  function element(tag, text, className) {
    const made = document.createElement(tag);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function iconOf(text, className, size) {
    const iconSize = Array.isArray(size) ? size : [size, size];
    return L.divIcon({ html: element("span", text), className: `map-point ${className}`, iconSize });
  }

  window.kangtuPoints = {
    /* pane: of a layer that lies where the reader put it (map_stack.js), else where Leaflet puts markers. */
    marker(feature, latlng, pane) {
      const { name, kind, glyph, family } = feature.properties;
      const shape = FAMILIES.includes(family) ? family : FAMILIES[0];
      const inPane = typeof pane === "string" ? { pane } : {}; // dash-leaflet passes its own third argument
      const marker = L.marker(latlng, { icon: iconOf(glyph, `map-point-${shape}`, 20), alt: `${name} ${kind}`, ...inPane });
      if (!inPane.pane) marker.kangtuPoint = { glyph, family: shape };
      const tip = document.createElement("div");
      tip.append(element("strong", name), element("div", kind, "map-tip-muted"));
      return marker.bindTooltip(tip, { className: "map-tip", opacity: 1 });
    },

    /* Several places of one layer: its sign and how many. */
    group({ glyph, family, label }, count, latlng, pane) {
      const size = [30 + 8 * String(count).length, 22];
      const icon = iconOf(`${glyph} ${count}`, `map-point-${family} map-point-group`, size);
      const marker = L.marker(latlng, { icon, alt: `${label}: ${count}`, pane });
      return marker.bindTooltip(element("span", `${label}: ${count}`), { className: "map-tip", opacity: 1 });
    },

    cluster(feature, latlng) {
      const count = String(feature.properties.point_count);
      const marker = L.marker(latlng, { icon: iconOf(count, "map-point-cluster", count.length > 2 ? 34 : 28), alt: count });
      marker.kangtuPoint = { glyph: count, family: "cluster" };
      return marker;
    },
  };
})();
