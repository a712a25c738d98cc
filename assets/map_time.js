/* The time slider under a map (dashboards/map_time.py): the same choice as the list of periods, oldest on the left.

   The list is the one that holds the choice; the slider follows it and sets it. Playing walks through the periods once. */
(function () {
  "use strict";

  const PACE = 1400; // ms a period: time to read the finding over the map
  const PERIOD = { type: "address-choice", key: "period", navigates: false };
  let walking = null;

  const oldestFirst = (options) => (options || []).map(({ value }) => value).reverse();

  function choose(period) {
    window.dash_clientside.set_props(PERIOD, { value: period });
  }

  function stop() {
    window.clearInterval(walking);
    walking = null;
  }

  Object.assign(window.dash_clientside.kangtuMap, {
    placeInTime(period, options) {
      const periods = oldestFirst(options);
      const label = ((options || []).find(({ value }) => value === period) || {}).label || "";
      return [Math.max(periods.length - 1, 0), Math.max(periods.indexOf(period), 0), label, periods.length < 2];
    },

    goInTime(index, options, period) {
      const wanted = oldestFirst(options)[Number(index)];
      if (wanted && wanted !== period) choose(wanted);
      return window.dash_clientside.no_update;
    },

    play(clicks, options, period) {
      const periods = oldestFirst(options);
      if (!clicks) return false;
      if (walking) {
        stop();
        return false;
      }
      let at = period === periods[periods.length - 1] ? 0 : periods.indexOf(period);
      choose(periods[at]);
      const button = document.getElementById("map-play");
      walking = window.setInterval(() => {
        at += 1;
        const isLeft = !document.body.contains(button); // another page
        if (at < periods.length && !isLeft) choose(periods[at]);
        if (at >= periods.length - 1 || isLeft) {
          stop();
          if (!isLeft) window.dash_clientside.set_props("map-playing", { data: false });
        }
      }, PACE);
      return true;
    },

    playWord(playing, words) {
      return playing ? words.stop : words.play;
    },
  });
})();
