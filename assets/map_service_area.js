/* The service area over a map (dashboards/pages/planning/coverage.py): what lies within reach of a facility, outlined.
   It is drawn above the areas and below the points, and takes no clicks. */
(function () {
  "use strict";

  const { L } = window;
  const drawn = new WeakMap(); // map -> the outline on it
  const ATTEMPTS = 50; // a tenth of a second each: the map may come after what is to be drawn on it

  function draw(area, map) {
    if (drawn.has(map)) map.removeLayer(drawn.get(map));
    drawn.delete(map);
    if (!area) return;
    const style = { className: "map-service-area", weight: 2, fillOpacity: 0.05 };
    const layer = L.geoJSON(area, { interactive: false, smoothFactor: 0.2, style }).addTo(map);
    layer.eachLayer((shape) => {
      shape.kangtuOutline = true; // what the picture draws too
    });
    drawn.set(map, layer);
  }

  function whenThere(id, area, attempts) {
    const panel = window.kangtu.panels.get(id);
    if (panel && panel.map) draw(area, panel.map);
    else if (attempts) window.setTimeout(() => whenThere(id, area, attempts - 1), 100);
  }

  window.dash_clientside.kangtuArea = {
    show(area, _shown, mapId) {
      whenThere(mapId.slice(0, -"-map".length), area, ATTEMPTS);
      return window.dash_clientside.no_update;
    },
  };
})();
