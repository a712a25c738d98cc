/* The choropleth: one Leaflet layer that paints areas on one canvas, class by class.

   paintScene(context, view, scene) draws the same for the screen and for the downloaded picture.
     view   {left, top, scale, width, height, ratio}: the corner in world pixels (choropleth_geometry.js), screen pixels
            for each of those, the size in CSS pixels, device pixels for each CSS pixel
     scene  {areas, dots, outline, selected, language, theme, marks}
            areas, dots: {geometry, classes, legend} or null; outline: a geometry of thicker borders, or null
            marks: where markers stand on the map, in world pixels: names keep clear of them */
(function () {
  "use strict";

  const kangtu = (window.kangtu = window.kangtu || {});
  const OUTLINE_LIMIT = 6000; // visible areas
  const LABEL_LIMIT = 160;
  const DOT_RADIUS = 5;
  const MARK_PX = 12; // half a marker
  const ASIDE_PX = [0, 22, -22]; // where a name is tried: at its place, below, above
  const NOT_PAINTED = 255;
  const FONT = '"Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif';
  // As in kangtu.css, which a canvas cannot read.
  const INK = {
    light: { paper: "#ffffff", ink: "#1b2733", outline: "rgba(27,39,51,0.45)", border: "#1b2733", accent: "#0b5cad" },
    dark: { paper: "#14191f", ink: "#eef3f7", outline: "rgba(238,243,247,0.4)", border: "#dfe7ee", accent: "#ffd34d" },
  };

  function originOf(view, geometry) {
    return [(geometry.centre[0] - view.left) * view.scale, (geometry.centre[1] - view.top) * view.scale];
  }

  function enter(context, view, geometry) {
    const [x, y] = originOf(view, geometry);
    const { ratio, scale } = view;
    context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * x, ratio * y);
  }

  function toScreen(view, geometry, [x, y]) {
    const origin = originOf(view, geometry);
    return [origin[0] + x * view.scale, origin[1] + y * view.scale];
  }

  function visibleAreas(view, geometry) {
    const [x, y] = originOf(view, geometry);
    const [left, top] = [-x / view.scale, -y / view.scale];
    const [right, bottom] = [left + view.width / view.scale, top + view.height / view.scale];
    const found = [];
    geometry.areas.forEach(({ box }, i) => {
      if (box[2] >= left && box[0] <= right && box[3] >= top && box[1] <= bottom) found.push(i);
    });
    return found;
  }

  /* Hatched and dotted classes: a small tile, scaled back so that it does not grow with the map. */
  function patternOf(context, entry, theme, view) {
    const size = 8;
    const tile = document.createElement("canvas");
    tile.width = tile.height = size * view.ratio;
    const pen = tile.getContext("2d");
    pen.scale(view.ratio, view.ratio);
    pen.fillStyle = INK[theme].paper;
    pen.fillRect(0, 0, size, size);
    pen.strokeStyle = pen.fillStyle = entry[theme];
    if (entry.pattern === "hatch") {
      pen.lineWidth = 1.2;
      pen.beginPath();
      for (const shift of [-size, 0, size]) {
        pen.moveTo(shift - 1, size + 1);
        pen.lineTo(shift + size + 1, -1);
      }
      pen.stroke();
    } else {
      for (const [x, y] of [[2, 2], [6, 6]]) {
        pen.beginPath();
        pen.arc(x, y, 1.1, 0, 2 * Math.PI);
        pen.fill();
      }
    }
    const pattern = context.createPattern(tile, "repeat");
    pattern.setTransform(new DOMMatrix().scale(1 / (view.scale * view.ratio)));
    return pattern;
  }

  function groupByClass(visible, classes) {
    const groups = new Map();
    for (const i of visible) {
      if (classes[i] === NOT_PAINTED) continue;
      if (!groups.has(classes[i])) groups.set(classes[i], []);
      groups.get(classes[i]).push(i);
    }
    return groups;
  }

  function fillAreas(context, view, layer, visible, theme) {
    const { geometry, legend } = layer;
    enter(context, view, geometry);
    const isDense = visible.length >= OUTLINE_LIMIT;
    for (const [position, members] of groupByClass(visible, layer.classes)) {
      const entry = legend[position];
      const paint = entry.pattern ? patternOf(context, entry, theme, view) : entry[theme];
      context.fillStyle = context.strokeStyle = paint;
      context.lineWidth = 0.6 / view.scale; // closes the hair between neighbours where no outline covers it
      for (const i of members) {
        context.fill(geometry.areas[i].path, "evenodd");
        if (isDense) context.stroke(geometry.areas[i].path);
      }
    }
  }

  function strokeOutlines(context, view, geometry, visible, theme) {
    if (visible.length >= OUTLINE_LIMIT) return;
    enter(context, view, geometry);
    context.strokeStyle = INK[theme].outline;
    context.lineWidth = 0.8 / view.scale;
    context.lineJoin = "round";
    const meshes = geometry.meshes();
    const dash = [4 / view.scale, 3 / view.scale];
    if (meshes) {
      context.stroke(meshes.solid);
      context.setLineDash(dash);
      context.stroke(meshes.dashed);
    } else {
      for (const i of visible) {
        context.setLineDash(geometry.areas[i].isIllustrative ? dash : []);
        context.stroke(geometry.areas[i].path);
      }
    }
    context.setLineDash([]);
  }

  function strokeBorders(context, view, geometry, theme) {
    enter(context, view, geometry);
    context.strokeStyle = INK[theme].border;
    context.lineWidth = 1.4 / view.scale;
    context.lineJoin = "round";
    const meshes = geometry.meshes();
    if (meshes) context.stroke(meshes.solid);
  }

  function strokeSelected(context, view, layer, selected, theme) {
    const index = layer && layer.geometry.indexOf.get(selected);
    if (index === undefined || !layer.geometry.areas[index].path) return;
    enter(context, view, layer.geometry);
    context.lineJoin = "round";
    for (const [colour, width] of [[INK[theme].paper, 6], [INK[theme].accent, 3]]) {
      context.strokeStyle = colour;
      context.lineWidth = width / view.scale;
      context.stroke(layer.geometry.areas[index].path);
    }
  }

  function paintDots(context, view, layer, selected, theme) {
    const { geometry, classes, legend } = layer;
    context.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    for (const i of visibleAreas(view, geometry)) {
      const { id, box } = geometry.areas[i];
      const [x, y] = toScreen(view, geometry, [box[0], box[1]]);
      const entry = legend[classes[i]];
      context.beginPath();
      context.arc(x, y, DOT_RADIUS, 0, 2 * Math.PI);
      context.fillStyle = !entry || entry.pattern ? INK[theme].paper : entry[theme];
      context.fill();
      context.lineWidth = id === selected ? 3 : 1.2;
      context.strokeStyle = id === selected ? INK[theme].accent : INK[theme].border;
      context.stroke();
    }
  }

  /* Names where they fit, largest areas first, none over another. Where the classes have shapes (status), the shape
     stands before the name, or alone where only it fits: colour is never the only signal. Says whether it wrote any. */
  function writeNames(context, view, scene, visible) {
    const { geometry, classes, legend } = scene.areas;
    if (visible.length > LABEL_LIMIT) return false;
    context.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    context.font = `13px ${FONT}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const width = ({ box }) => (box[2] - box[0]) * view.scale;
    const origin = originOf(view, geometry);
    const taken = scene.marks.map((at) => markBox(view, at));
    for (const i of visible.slice().sort((a, b) => width(geometry.areas[b]) - width(geometry.areas[a]))) {
      const area = geometry.areas[i];
      const { glyph } = legend[classes[i]] || {};
      const texts = [glyph ? `${glyph} ${area.names[scene.language]}` : area.names[scene.language], glyph];
      const at = area.label && toScreen(view, geometry, area.label);
      if (!at) continue;
      const tries = texts.filter(Boolean).flatMap((text) => ASIDE_PX.map((down) => [text, [at[0], at[1] + down]]));
      const isInside = ([x, y]) => y === at[1] || geometry.find((x - origin[0]) / view.scale, (y - origin[1]) / view.scale) === i;
      const fitting = tries.find(([text, place]) => isInside(place) && fits(context, text, place, width(area) * 0.95, taken));
      if (fitting) writeHaloed(context, ...fitting, INK[scene.theme]);
    }
    return true;
  }

  function markBox(view, [x, y]) {
    const [left, top] = [(x - view.left) * view.scale, (y - view.top) * view.scale];
    return [left - MARK_PX, top - MARK_PX, left + MARK_PX, top + MARK_PX];
  }

  function fits(context, text, [x, y], room, taken) {
    const { width } = context.measureText(text);
    const box = [x - width / 2 - 4, y - 10, x + width / 2 + 4, y + 10];
    const isFree = taken.every((other) => box[0] >= other[2] || box[2] <= other[0] || box[1] >= other[3] || box[3] <= other[1]);
    if (width > room || !isFree) return false;
    taken.push(box);
    return true;
  }

  function writeHaloed(context, text, [x, y], ink) {
    context.strokeStyle = ink.paper;
    context.lineWidth = 3;
    context.strokeText(text, x, y);
    context.fillStyle = ink.ink;
    context.fillText(text, x, y);
  }

  function paintScene(context, view, scene) {
    const { areas, dots, outline, selected, theme } = scene;
    let hasNames = false;
    if (areas) {
      const visible = visibleAreas(view, areas.geometry);
      fillAreas(context, view, areas, visible, theme);
      strokeOutlines(context, view, areas.geometry, visible, theme);
      if (outline) strokeBorders(context, view, outline, theme);
      strokeSelected(context, view, areas, selected, theme);
      if (dots) paintDots(context, view, dots, selected, theme);
      hasNames = writeNames(context, view, scene, visible);
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    return hasNames;
  }

  const ChoroplethLayer = window.L.Layer.extend({
    paneName: "choropleth",
    className: "choropleth",

    initialize() {
      this.scene = { areas: null, dots: null, outline: null, selected: null, language: "zh", theme: "light", marks: [] };
    },

    onAdd(map) {
      this._canvas = window.L.DomUtil.create("canvas", `${this.className} leaflet-zoom-animated`);
      this._canvas.setAttribute("aria-hidden", "true"); // the same is said by the map's label, the list and the table
      map.getPane(this.paneName).appendChild(this._canvas);
      this.repaint();
    },

    onRemove() {
      this._canvas.remove();
      this._canvas = null;
    },

    getEvents() {
      return {
        moveend: this.repaint,
        resize: this.repaint,
        viewreset: this.repaint,
        zoomanim: this._animateZoom,
        layeradd: this._markerMoved,
        layerremove: this._markerMoved,
      };
    },

    /* Markers come and go many at a time, after the areas were painted: names are written anew once they stand. */
    _markerMoved({ layer }) {
      if (!this._hasNames || this._isDue || !(layer instanceof window.L.Marker)) return;
      this._isDue = true;
      requestAnimationFrame(() => {
        this._isDue = false;
        this.repaint();
      });
    },

    _marks() {
      const found = [];
      this._map.eachLayer((layer) => {
        if (!(layer instanceof window.L.Marker)) return;
        const { lng, lat } = layer.getLatLng();
        found.push(kangtu.geometry.project(lng, lat));
      });
      return found;
    },

    show(changes) {
      Object.assign(this.scene, changes);
      this.repaint();
    },

    viewOf(map) {
      const size = map.getSize();
      const scale = 2 ** map.getZoom() * 256 / kangtu.geometry.WORLD_PX;
      const corner = map.containerPointToLayerPoint([0, 0]).add(map.getPixelOrigin());
      const ratio = window.devicePixelRatio || 1;
      return { left: corner.x / scale, top: corner.y / scale, scale, width: size.x, height: size.y, ratio };
    },

    repaint() {
      const map = this._map;
      if (!map || !this._canvas || !map.getSize().x) return;
      const view = this.viewOf(map);
      this._corner = map.containerPointToLatLng([0, 0]);
      window.L.DomUtil.setTransform(this._canvas, map.containerPointToLayerPoint([0, 0]), 1);
      this._canvas.width = Math.round(view.width * view.ratio); // setting the size also wipes it
      this._canvas.height = Math.round(view.height * view.ratio);
      this._canvas.style.width = `${view.width}px`;
      this._canvas.style.height = `${view.height}px`;
      this._paint(this._canvas.getContext("2d"), view);
    },

    _paint(context, view) {
      this.scene.marks = this._marks();
      this._hasNames = paintScene(context, view, this.scene);
    },

    _animateZoom({ zoom, center }) {
      const scale = this._map.getZoomScale(zoom);
      const corner = this._map._latLngToNewLayerPoint(this._corner, zoom, center);
      window.L.DomUtil.setTransform(this._canvas, corner, scale);
    },

    /* What lies under a point of the container: {layer, index} or null. Dots lie above areas. */
    find(point) {
      const view = this.viewOf(this._map);
      return this._findDot(view, point) || this._findArea(view, point);
    },

    _findDot(view, point) {
      const layer = this.scene.dots;
      if (!layer) return null;
      const distances = layer.geometry.areas.map(({ box }) => {
        const [x, y] = toScreen(view, layer.geometry, [box[0], box[1]]);
        return Math.hypot(x - point.x, y - point.y);
      });
      const index = distances.indexOf(Math.min(...distances));
      return distances[index] <= DOT_RADIUS + 2 ? { layer, index } : null;
    },

    _findArea(view, point) {
      const layer = this.scene.areas;
      if (!layer) return null;
      const [x, y] = originOf(view, layer.geometry);
      const index = layer.geometry.find((point.x - x) / view.scale, (point.y - y) / view.scale);
      return index < 0 ? null : { layer, index };
    },
  });

  kangtu.choropleth = { ChoroplethLayer, paintScene, enter, INK, FONT, NOT_PAINTED };
})();
