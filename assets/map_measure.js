/* Measuring on a map: the button under the zoom buttons starts it; each click adds a point, the length stands beside the
   last one; Escape or the button ends it. Lengths are along a sphere (Leaflet's), within half a per cent of the ellipsoid:
   they are shown rounded and as "about"; coverage and siting reckon on the ellipsoid. */
(function () {
  "use strict";

  const { L } = window;
  const measures = new WeakMap(); // map -> {points, line, label}

  function wordOf(map, key) {
    const panel = window.kangtu.panels.get(map.getContainer().id.slice(0, -"-map".length));
    return (panel && panel.payload && panel.payload.words[key]) || "";
  }

  function lengthOf(map, points) {
    return points.slice(1).reduce((sum, point, i) => sum + map.distance(points[i], point), 0);
  }

  function said(map, metres) {
    const about = wordOf(map, "about");
    if (metres < 1000) return `${about} ${Math.round(metres)} m`;
    return `${about} ${(metres / 1000).toLocaleString("en-US", { maximumSignificantDigits: 3 })} km`;
  }

  function begin(map, button) {
    const line = L.polyline([], { color: "#b3261e", weight: 3, dashArray: "6 4", interactive: false }).addTo(map);
    const label = L.tooltip({ permanent: true, direction: "right", offset: [8, 0], className: "map-tip map-length" });
    measures.set(map, { points: [], line, label, button });
    button.setAttribute("aria-pressed", "true");
    map.getContainer().classList.add("map-measuring");
  }

  function end(map) {
    const measure = measures.get(map);
    if (!measure) return;
    measure.line.remove();
    measure.label.remove();
    measure.button.setAttribute("aria-pressed", "false");
    map.getContainer().classList.remove("map-measuring");
    measures.delete(map);
  }

  function add(map, latlng) {
    const measure = measures.get(map);
    measure.points.push(latlng);
    measure.line.setLatLngs(measure.points);
    if (measure.points.length < 2) return;
    measure.label.setLatLng(latlng).setContent(said(map, lengthOf(map, measure.points)));
    if (!map.hasLayer(measure.label)) measure.label.addTo(map);
  }

  const Measure = L.Control.extend({
    options: { position: "topleft" },
    onAdd(map) {
      const bar = L.DomUtil.create("div", "leaflet-bar map-measure");
      const button = L.DomUtil.create("button", "", bar);
      button.type = "button";
      button.textContent = "⟷";
      button.setAttribute("aria-pressed", "false");
      L.DomEvent.disableClickPropagation(bar);
      L.DomEvent.on(button, "click", () => (measures.has(map) ? end(map) : begin(map, button)));
      return bar;
    },
  });

  L.Map.addInitHook(function () {
    this.whenReady(() => {
      if (!this.getContainer().id.endsWith("-map")) return;
      this.addControl(new Measure());
      this.on("click", (event) => measures.has(this) && add(this, event.latlng));
      this.getContainer().addEventListener("keydown", ({ key }) => key === "Escape" && end(this));
    });
  });

  window.kangtu.measure = { isMeasuring: (map) => measures.has(map) };
})();
