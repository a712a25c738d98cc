/* Two maps of one extent (dashboards/pages/planning/map_pair.py): whichever the reader moves, the other follows. */
(function () {
  "use strict";

  const PAIR = { "map-left-map": "map-right", "map-right-map": "map-left" };
  let isFollowing = false;

  function lead(map) {
    const other = window.kangtu.panels.get(PAIR[map.getContainer().id]);
    if (isFollowing || !other || !other.map || !map.kangtuFitted || !other.map.kangtuFitted) return;
    isFollowing = true;
    other.map.setView(map.getCenter(), map.getZoom(), { animate: false });
    isFollowing = false;
  }

  window.L.Map.addInitHook(function () {
    this.whenReady(() => {
      if (PAIR[this.getContainer().id]) this.on("move zoomend", () => lead(this));
    });
  });
})();
