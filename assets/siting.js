/* A click on the siting map (dashboards/pages/planning/siting.py): on a candidate or beside all of them.

   Plotly tells of clicks on points only, so the pointer is watched here: a press that does not move is a click, at the
   nearest candidate or at a place that the axes know. What it does to the question is the server's business. */
(function () {
    "use strict";
    const MAP = "siting-map";
    const CLICKED = "siting-clicked";
    const NEAR_PX = 14; // a finger's worth round a candidate
    const STILL_PX = 5; // a press that moves further is a pan
    let pressed = null;

    function plotOf(target) {
        const surface = target.closest && target.closest(`#${MAP} .nsewdrag`);
        const plot = surface && surface.closest(".js-plotly-plot");
        return plot ? { plot, box: surface.getBoundingClientRect() } : null;
    }

    // Where on the screen the axes put a place, and the other way round; both axes are plain numbers.
    function scaleOf({ plot, box }) {
        const { xaxis, yaxis } = plot._fullLayout; // as drawn: the scale anchor changes the ranges that were asked for
        const [west, east] = xaxis.range;
        const [south, north] = yaxis.range;
        return {
            x: (lon) => box.left + ((lon - west) / (east - west)) * box.width,
            y: (lat) => box.bottom - ((lat - south) / (north - south)) * box.height,
            lon: (x) => west + ((x - box.left) / box.width) * (east - west),
            lat: (y) => south + ((box.bottom - y) / box.height) * (north - south),
        };
    }

    function nearestCandidate(plot, scale, x, y) {
        let best = { site_id: null, apart: NEAR_PX };
        plot.data.filter((trace) => trace.meta === "candidates").forEach((trace) => {
            trace.x.forEach((lon, i) => {
                const apart = Math.hypot(scale.x(lon) - x, scale.y(trace.y[i]) - y);
                if (apart < best.apart) {
                    best = { site_id: trace.customdata[i][1], apart };
                }
            });
        });
        return best.site_id;
    }

    document.addEventListener("pointerdown", (event) => {
        const found = event.isPrimary && event.button === 0 ? plotOf(event.target) : null;
        pressed = found && { ...found, x: event.clientX, y: event.clientY };
    }, true);

    document.addEventListener("pointercancel", () => { pressed = null; }, true);

    document.addEventListener("pointerup", (event) => {
        const from = pressed;
        pressed = null;
        if (!from || Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL_PX) {
            return;
        }
        const scale = scaleOf(from);
        const site_id = nearestCandidate(from.plot, scale, event.clientX, event.clientY);
        const place = { lon: scale.lon(event.clientX), lat: scale.lat(event.clientY) };
        window.dash_clientside.set_props(CLICKED, { data: { site_id, ...place, at: Date.now() } });
    }, true);
})();
