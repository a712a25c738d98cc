/* Areas as a canvas can draw them: fetched once for each file, projected, one Path2D for each area, an index to find
   the area under the pointer.

   Coordinates are Web Mercator pixels at zoom 12, relative to the file's own centre: a canvas keeps them in 32 bits,
   and numbers counted from the corner of the world would shake when zoomed in. */
(function () {
  "use strict";

  const kangtu = (window.kangtu = window.kangtu || {});
  const WORLD_PX = 256 * 2 ** 12;
  const MESH_LIMIT = 6000; // areas; beyond it outlines are drawn area by area, once zoomed in
  const GRID_STEPS = 64;
  const files = new Map(); // URL -> promise of a geometry: pages come and go, the file stays
  const pointer = document.createElement("canvas").getContext("2d"); // untransformed, only asked whether a path holds a point

  function project(lon, lat) {
    const sine = Math.sin((lat * Math.PI) / 180);
    return [WORLD_PX * (lon / 360 + 0.5), WORLD_PX * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI))];
  }

  function ringsOf(geometry) {
    if (geometry.type === "Polygon") return geometry.coordinates;
    if (geometry.type === "MultiPolygon") return geometry.coordinates.flat();
    return [];
  }

  function boxOf(rings) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const ring of rings) {
      for (const [x, y] of ring) {
        box[0] = Math.min(box[0], x);
        box[1] = Math.min(box[1], y);
        box[2] = Math.max(box[2], x);
        box[3] = Math.max(box[3], y);
      }
    }
    return box;
  }

  function pathOf(rings) {
    const path = new Path2D();
    for (const ring of rings) {
      ring.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
      path.closePath();
    }
    return path;
  }

  class Geometry {
    constructor(collection) {
      const projected = collection.features.map((feature) =>
        feature.geometry.type === "Point"
          ? [[project(...feature.geometry.coordinates)]]
          : ringsOf(feature.geometry).map((ring) => ring.map((position) => project(...position))),
      );
      const all = boxOf(projected.flat());
      this.centre = [(all[0] + all[2]) / 2, (all[1] + all[3]) / 2];
      this.rings = projected.map((rings) =>
        rings.map((ring) => ring.map(([x, y]) => [x - this.centre[0], y - this.centre[1]])),
      );
      this.areas = collection.features.map((feature, i) => this._area(feature, this.rings[i]));
      this.box = [all[0] - this.centre[0], all[1] - this.centre[1], all[2] - this.centre[0], all[3] - this.centre[1]];
      this.indexOf = new Map(this.areas.map((area, i) => [area.id, i]));
      this._grid = null;
      this._meshes = null;
      this._whole = null;
    }

    _area(feature, rings) {
      const isPoint = feature.geometry.type === "Point";
      const label = feature.properties.label && project(...feature.properties.label);
      return {
        id: feature.properties.area_id,
        names: { zh: feature.properties.name_zh, en: feature.properties.name_en || feature.properties.name_zh },
        isIllustrative: Boolean(feature.properties.is_illustrative),
        box: boxOf(rings),
        path: isPoint ? null : pathOf(rings),
        label: label ? [label[0] - this.centre[0], label[1] - this.centre[1]] : null,
      };
    }

    /* Position of the area that holds the point (this file's coordinates), or -1. */
    find(x, y) {
      const [column, row] = this._cellOf(x, y);
      for (const i of this._cells()[row * GRID_STEPS + column] || []) {
        const { box, path } = this.areas[i];
        const isInBox = x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
        if (isInBox && path && pointer.isPointInPath(path, x, y, "evenodd")) return i;
      }
      return -1;
    }

    _cellOf(x, y) {
      const clamp = (value) => Math.max(0, Math.min(GRID_STEPS - 1, Math.floor(value)));
      const [left, top, right, bottom] = this.box;
      return [clamp(((x - left) / (right - left)) * GRID_STEPS), clamp(((y - top) / (bottom - top)) * GRID_STEPS)];
    }

    _cells() {
      if (this._grid) return this._grid;
      this._grid = [];
      this.areas.forEach(({ box }, i) => {
        const [firstColumn, firstRow] = this._cellOf(box[0], box[1]);
        const [lastColumn, lastRow] = this._cellOf(box[2], box[3]);
        for (let row = firstRow; row <= lastRow; row += 1) {
          for (let column = firstColumn; column <= lastColumn; column += 1) {
            (this._grid[row * GRID_STEPS + column] ||= []).push(i);
          }
        }
      });
      return this._grid;
    }

    /* All areas as one path, to clip by. */
    whole() {
      if (!this._whole) {
        this._whole = new Path2D();
        for (const { path } of this.areas) if (path) this._whole.addPath(path);
      }
      return this._whole;
    }

    /* Every border once, {solid, dashed}: drawn area by area a shared border is drawn twice, and the gaps of one dashed
       line are filled by the dashes of the other. Null for more areas than that is worth. */
    meshes() {
      if (this.areas.length > MESH_LIMIT) return null;
      this._meshes ||= {
        solid: this._mesh((area) => !area.isIllustrative),
        dashed: this._mesh((area) => area.isIllustrative),
      };
      return this._meshes;
    }

    _mesh(isWanted) {
      const mesh = new Path2D();
      const points = new Map();
      const seen = new Set();
      const nameOf = ([x, y]) => {
        const key = Math.round(x * 64) * 2 ** 26 + Math.round(y * 64);
        if (!points.has(key)) points.set(key, points.size);
        return points.get(key);
      };
      this.areas.forEach((area, i) => {
        if (isWanted(area)) this.rings[i].forEach((ring) => addNewSegments(mesh, ring, nameOf, seen));
      });
      return mesh;
    }
  }

  function addNewSegments(mesh, ring, nameOf, seen) {
    let isDrawing = false;
    for (let i = 1; i < ring.length; i += 1) {
      const [a, b] = [nameOf(ring[i - 1]), nameOf(ring[i])];
      const segment = Math.min(a, b) * 2 ** 26 + Math.max(a, b);
      if (!seen.has(segment)) {
        if (!isDrawing) mesh.moveTo(...ring[i - 1]);
        mesh.lineTo(...ring[i]);
      }
      isDrawing = !seen.has(segment);
      seen.add(segment);
    }
  }

  /* The hash of what came, where the browser can work it out (over HTTPS or on the own machine); else the promised one. */
  async function hashOf(bytes, promised) {
    if (!window.crypto || !window.crypto.subtle) return promised;
    const digest = new Uint8Array(await window.crypto.subtle.digest("SHA-256", bytes));
    const text = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return text.slice(0, promised.length);
  }

  async function fetchGeometry({ url, hash }) {
    const response = await fetch(url, { credentials: "same-origin" });
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    const bytes = await response.arrayBuffer();
    const geometry = new Geometry(JSON.parse(new TextDecoder().decode(bytes)));
    geometry.hash = await hashOf(bytes, hash);
    return geometry;
  }

  /* reference: {url, hash}. A failed load is forgotten, so that the next change of the map tries again. */
  function load(reference) {
    if (!files.has(reference.url)) {
      const promise = fetchGeometry(reference);
      promise.catch(() => files.delete(reference.url));
      files.set(reference.url, promise);
    }
    return files.get(reference.url);
  }

  kangtu.geometry = { load, project, WORLD_PX };
})();
