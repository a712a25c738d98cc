/* The map as one picture to put into a report: title, what is shown, the map as it stands on the screen, legend, source,
   date, and the marks nobody may cut off (示意, DEMO DATA). Always on white, for paper. */
(function () {
  "use strict";

  const { choropleth, panels } = window.kangtu;
  const WIDTH = 1200; // CSS pixels; drawn at twice that
  const RATIO = 2;
  const MARGIN = 32;
  const INK = choropleth.INK.light;
  const MUTED = "#55636f";
  const SERVICE_AREA = "#0b3b74";
  const POINT_COLOURS = { facility: "#0b5cad", health_cell: "#7a3e9d", cluster: "#1b2733" };

  function font(pen, size, weight = "normal") {
    pen.font = `${weight} ${size}px ${choropleth.FONT}`;
  }

  /* Chinese breaks anywhere, English between words. */
  function wrap(pen, text, width) {
    const lines = [""];
    for (const part of text.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+/g) || []) {
      const longer = lines[lines.length - 1] + part;
      if (pen.measureText(longer.trimEnd()).width <= width) lines[lines.length - 1] = longer;
      else lines.push(part);
    }
    return lines.map((line) => line.trimEnd());
  }

  function write(pen, text, top, size, { weight = "normal", colour = INK.ink, width = WIDTH - 2 * MARGIN } = {}) {
    font(pen, size, weight);
    pen.fillStyle = colour;
    pen.textAlign = "left";
    pen.textBaseline = "top";
    const lines = wrap(pen, text, width);
    lines.forEach((line, i) => pen.fillText(line, MARGIN, top + i * size * 1.45));
    return top + lines.length * size * 1.45;
  }

  function drawDemoMark(pen, text) {
    if (!text) return 0;
    font(pen, 16, "bold");
    const width = pen.measureText(text).width + 24;
    pen.fillStyle = "#8f1d35";
    pen.fillRect(WIDTH - MARGIN - width, 24, width, 32);
    pen.fillStyle = "#ffffff";
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.fillText(text, WIDTH - MARGIN - width + 12, 40);
    return width + 16;
  }

  function drawSwatch(pen, entry, x, y) {
    pen.fillStyle = entry.pattern ? INK.paper : entry.light;
    pen.fillRect(x, y, 22, 16);
    pen.save();
    pen.beginPath();
    pen.rect(x, y, 22, 16);
    pen.clip();
    pen.strokeStyle = pen.fillStyle = entry.light;
    pen.lineWidth = 1.2;
    pen.beginPath();
    if (entry.pattern === "hatch") {
      for (let shift = -16; shift < 24; shift += 6) {
        pen.moveTo(x + shift, y + 16);
        pen.lineTo(x + shift + 16, y);
      }
      pen.stroke();
    } else if (entry.pattern === "dots") {
      for (let i = 3; i < 22; i += 5) for (let j = 3; j < 16; j += 5) pen.fillRect(x + i, y + j, 2, 2);
    }
    pen.restore();
    pen.strokeStyle = INK.outline;
    pen.lineWidth = 1;
    pen.strokeRect(x + 0.5, y + 0.5, 21, 15);
    if (entry.glyph) drawGlyph(pen, entry.glyph, x + 11, y + 8, entry.pattern ? INK.ink : "#ffffff");
  }

  function drawGlyph(pen, glyph, x, y, colour) {
    font(pen, 12);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillStyle = colour;
    pen.fillText(glyph, x, y);
  }

  function drawPoint(pen, { glyph, family }, x, y) {
    const radius = family === "cluster" ? 14 : 10;
    pen.beginPath();
    if (family === "facility") pen.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    else pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fillStyle = POINT_COLOURS[family];
    pen.fill();
    pen.strokeStyle = "#ffffff";
    pen.lineWidth = 1.5;
    pen.stroke();
    drawGlyph(pen, glyph, x, y, "#ffffff");
  }

  /* A place of a layer, or several: their sign and how many. */
  function drawPlace(pen, { glyph, family }, count, [x, y]) {
    if (count === 1) return drawPoint(pen, { glyph, family }, x, y);
    const width = 30 + 8 * String(count).length;
    pen.beginPath();
    pen.roundRect(x - width / 2, y - 11, width, 22, family === "facility" ? 3 : 11);
    pen.fillStyle = POINT_COLOURS[family];
    pen.fill();
    pen.strokeStyle = "#ffffff";
    pen.lineWidth = 1.5;
    pen.stroke();
    return drawGlyph(pen, `${glyph} ${count}`, x, y, "#ffffff");
  }

  /* The mark of one line of the layers' legend (dashboards/map_layer_legend.py), in a box of 22 by 16. */
  function drawMark(pen, line, x, y) {
    const { EDGES, BEYOND } = window.kangtu.stack;
    if (line.mark === "point") return drawPoint(pen, line, x + 11, y + 8);
    pen.strokeStyle = line.mark === "edge" ? EDGES[line.line].light : INK.ink;
    pen.lineWidth = line.mark === "edge" ? 2.2 : 1.4;
    pen.setLineDash(line.mark === "edge" ? EDGES[line.line].dash : line.is_dashed || line.mark === "unknown" ? [5, 3] : []);
    pen.beginPath();
    if (line.mark === "beyond") {
      pen.fillStyle = BEYOND;
      pen.fillRect(x, y, 22, 16);
    } else if (line.mark === "circle" || line.mark === "unknown") {
      pen.arc(x + Math.max(11, line.radius || 4), y + 8, line.radius || 4, 0, 2 * Math.PI);
    } else {
      pen.moveTo(x, y + 8);
      pen.lineTo(x + 22, y + 8);
    }
    if (line.mark !== "beyond") pen.stroke();
    pen.setLineDash([]);
    return undefined;
  }

  /* One list of swatches and words, broken into lines; returns where it ends. */
  function drawLegend(pen, title, items, top, height = 26) {
    let [x, y] = [MARGIN, top];
    const place = (width) => {
      if (x + width > WIDTH - MARGIN) [x, y] = [MARGIN, y + height];
    };
    font(pen, 14);
    pen.fillStyle = MUTED;
    pen.textAlign = "left";
    pen.textBaseline = "top";
    pen.fillText(title, x, y);
    x += pen.measureText(title).width + 16;
    for (const { draw, text, room = 22 } of items) {
      font(pen, 14);
      const width = room + 8 + pen.measureText(text).width + 20;
      place(width);
      draw(x, y);
      font(pen, 14);
      pen.textAlign = "left";
      pen.textBaseline = "top";
      pen.fillStyle = INK.ink;
      pen.fillText(text, x + room + 8, y);
      x += width;
    }
    return y + 30;
  }

  function drawScaleBar(pen, map, factor, left, bottom) {
    const size = map.getSize();
    const metres = map.distance(map.containerPointToLatLng([0, size.y / 2]), map.containerPointToLatLng([100, size.y / 2]));
    const reach = (metres / 100) * (120 / factor); // metres in 120 px of the picture
    const power = 10 ** Math.floor(Math.log10(reach));
    const round = power * [5, 2, 1].find((times) => times * power <= reach);
    const length = (120 * round) / reach;
    pen.strokeStyle = INK.ink;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(left, bottom - 6);
    pen.lineTo(left, bottom);
    pen.lineTo(left + length, bottom);
    pen.lineTo(left + length, bottom - 6);
    pen.stroke();
    font(pen, 13);
    pen.fillStyle = INK.ink;
    pen.textAlign = "left";
    pen.textBaseline = "bottom";
    pen.fillText(round >= 1000 ? `${round / 1000} km` : `${round} m`, left + 4, bottom - 4);
  }

  /* A service area: rings of any depth, as Leaflet nests them. */
  function drawOutline(pen, map, rings, factor) {
    if (Array.isArray(rings[0])) return rings.forEach((ring) => drawOutline(pen, map, ring, factor));
    pen.beginPath();
    for (const place of rings) {
      const point = map.latLngToContainerPoint(place);
      pen.lineTo(point.x * factor, point.y * factor);
    }
    pen.closePath();
    pen.strokeStyle = SERVICE_AREA;
    pen.lineWidth = 2;
    pen.stroke();
  }

  function drawMap(panel, factor, height) {
    const { map, layer } = panel;
    const sheet = document.createElement("canvas");
    sheet.width = (WIDTH - 2 * MARGIN) * RATIO;
    sheet.height = height * RATIO;
    const screen = layer.viewOf(map);
    const view = { ...screen, scale: screen.scale * factor, width: WIDTH - 2 * MARGIN, height, ratio: RATIO };
    const pen = sheet.getContext("2d");
    choropleth.paintScene(pen, view, { ...layer.scene, selected: null, theme: "light" });
    window.kangtu.stack.paint(map, pen, view, layer.scene);
    pen.setTransform(RATIO, 0, 0, RATIO, 0, 0);
    map.eachLayer((shape) => {
      if (shape.kangtuOutline) drawOutline(pen, map, shape.getLatLngs(), factor);
    });
    map.eachLayer((marker) => {
      if (!marker.kangtuPoint) return;
      const point = map.latLngToContainerPoint(marker.getLatLng());
      drawPoint(pen, marker.kangtuPoint, point.x * factor, point.y * factor);
    });
    drawScaleBar(pen, map, factor, 12, height - 12);
    return sheet;
  }

  function legendItems(pen, panel) {
    const shown = panel.payload.legend.filter((entry) => entry.count || !entry.is_special);
    const areas = shown.map((entry) => ({
      draw: (x, y) => drawSwatch(pen, entry, x, y),
      text: `${entry.label} (${entry.count})`,
    }));
    const points = (panel.key || []).map((entry) => ({
      draw: (x, y) => drawPoint(pen, entry, x + 11, y + 8),
      text: `${entry.label} (${entry.count})`,
    }));
    return [...areas, ...points];
  }

  /* The layers' legend, the top one first; a circle as large as on the map needs its room. */
  function drawLayers(pen, { layers }, top) {
    const lines = (layers && layers.lines) || [];
    if (!lines.length) return top;
    const tallest = Math.max(8, ...lines.map(({ radius }) => radius || 0));
    const items = lines.map((line) => ({
      draw: (x, y) => drawMark(pen, line, x, y),
      text: line.label,
      room: Math.max(22, 2 * (line.radius || 0)),
    }));
    return drawLegend(pen, layers.title, items, top + tallest - 8, Math.max(26, 2 * tallest + 4)) + tallest - 8;
  }

  function compose(panel) {
    const { picture } = panel.payload;
    const size = panel.map.getSize();
    const factor = (WIDTH - 2 * MARGIN) / size.x;
    const mapHeight = Math.round(size.y * factor);
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH * RATIO;
    canvas.height = (mapHeight + 520) * RATIO; // cut to what was used below
    const pen = canvas.getContext("2d");
    pen.scale(RATIO, RATIO);
    pen.fillStyle = INK.paper;
    pen.fillRect(0, 0, WIDTH, canvas.height);
    const markWidth = drawDemoMark(pen, picture.demo_mark);
    let y = write(pen, picture.title, 28, 24, { weight: "bold", width: WIDTH - 2 * MARGIN - markWidth });
    y = write(pen, picture.subtitle, y + 4, 15, { colour: MUTED }) + 12;
    pen.drawImage(drawMap(panel, factor, mapHeight), MARGIN, y, WIDTH - 2 * MARGIN, mapHeight);
    y = drawLegend(pen, picture.legend_title, legendItems(pen, panel), y + mapHeight + 16);
    y = drawLayers(pen, panel, y);
    const said = (panel.layers && panel.layers.notes) || [];
    for (const note of [...said, ...picture.notes, picture.source]) y = write(pen, note, y + 2, 13, { colour: MUTED });
    return cut(canvas, Math.ceil((y + 20) * RATIO));
  }

  function cut(canvas, height) {
    const sheet = document.createElement("canvas");
    sheet.width = canvas.width;
    sheet.height = Math.min(height, canvas.height);
    sheet.getContext("2d").drawImage(canvas, 0, 0);
    return sheet;
  }

  function save(canvas, name) {
    canvas.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = name;
      link.click();
      window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }, "image/png");
  }

  window.dash_clientside.kangtuMap.picture = function picture(clicks, mapId) {
    const panel = panels.get(mapId.slice(0, -"-map".length));
    if (clicks && panel && panel.map && panel.layer.scene.areas) save(compose(panel), panel.payload.picture.file_name);
    return window.dash_clientside.no_update;
  };
  window.kangtu.picture = { compose, drawPlace };
})();
