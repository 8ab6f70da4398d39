// A chart of lines over the last minutes, drawn anew each time: some hundred points, with gaps where nothing is known.
import { KEPT_MS } from "./history.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 150;
const EDGE = { left: 52, right: 8, top: 8, bottom: 20 };
const GAP_MS = 15_000; // between two points that belong together, at the most

function node(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

/** The next number of 1, 2 and 5 with zeros. */
export function ceiling(number) {
  const power = 10 ** Math.floor(Math.log10(number));
  return [1, 2, 5, 10].find((step) => step * power >= number * 0.999) * power;
}

export class Chart {
  #points = [];
  #pointed = null; // the point under the pointer
  #values = new Map();

  /** In this place; `lines`: a title for each field of the points. `least`: what the axis reaches, at the least. */
  constructor(place, { title, lines, show, least }) {
    this.lines = Object.entries(lines);
    this.show = show;
    this.least = least;
    this.title = title;
    this.figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    const heading = document.createElement("h2");
    heading.textContent = title;
    caption.append(heading, ...this.lines.map(([field, name], index) => this.#legend(field, name, index)));
    this.svg = node("svg", { role: "img", height: HEIGHT });
    this.svg.addEventListener("pointermove", (event) => this.#point(event));
    this.svg.addEventListener("pointerleave", () => this.#point(null));
    this.figure.append(caption, this.svg);
    place.append(this.figure);
    new ResizeObserver(() => this.draw()).observe(this.figure);
  }

  #legend(field, name, index) {
    const entry = document.createElement("span");
    entry.className = `legend line-${index}`;
    const value = document.createElement("b");
    this.#values.set(field, value);
    entry.append(`${name} `, value);
    return entry;
  }

  #point(event) {
    this.#pointed = null;
    if (event && this.#points.length) {
      const at = this.#time(event.clientX - this.svg.getBoundingClientRect().left);
      this.#pointed = this.#points.reduce((best, one) => (Math.abs(one.at - at) < Math.abs(best.at - at) ? one : best));
    }
    this.draw();
  }

  update(points) {
    this.#points = points;
    if (!points.includes(this.#pointed)) this.#pointed = null;
    this.draw();
  }

  get #width() {
    return Math.max(this.figure.clientWidth, 160);
  }
  get #end() {
    return this.#points.at(-1)?.at ?? 0;
  }
  #x(at) {
    return this.#width - EDGE.right - ((this.#end - at) / KEPT_MS) * (this.#width - EDGE.left - EDGE.right);
  }
  #time(x) {
    return this.#end - ((this.#width - EDGE.right - x) / (this.#width - EDGE.left - EDGE.right)) * KEPT_MS;
  }

  draw() {
    const told = this.#points.flatMap((point) => this.lines.map(([field]) => point[field] ?? 0));
    const most = ceiling(Math.max(this.least, ...told));
    const y = (value) => HEIGHT - EDGE.bottom - (value / most) * (HEIGHT - EDGE.top - EDGE.bottom);
    const point = this.#pointed ?? this.#points.at(-1);
    for (const [field, value] of this.#values) value.textContent = this.show(point?.[field] ?? null);
    const said = this.lines.map(([field, name]) => `${name} ${this.show(point?.[field] ?? null)}`).join(", ");
    this.svg.setAttribute("aria-label", `${this.title}: ${said}`);
    this.svg.setAttribute("viewBox", `0 0 ${this.#width} ${HEIGHT}`);
    this.svg.setAttribute("width", this.#width);
    this.svg.replaceChildren(...this.#axes(most, y), ...this.lines.map(([field], index) => this.#line(field, index, y)));
    if (this.#pointed) {
      const x = this.#x(this.#pointed.at);
      this.svg.append(node("line", { class: "pointer", x1: x, x2: x, y1: EDGE.top, y2: HEIGHT - EDGE.bottom }));
      const anchor = x > this.#width / 2 ? "end" : "start";
      const clock = new Date(this.#pointed.at).toLocaleTimeString();
      this.svg.append(node("text", { x: x + (anchor === "end" ? -4 : 4), y: EDGE.top + 10, "text-anchor": anchor }, clock));
    }
  }

  #axes(most, y) {
    const right = this.#width - EDGE.right;
    const rows = [0, 0.5, 1].flatMap((part) => {
      const at = y(most * part);
      const label = { x: EDGE.left - 6, y: at + 4, "text-anchor": "end" };
      return [node("line", { class: "grid", x1: EDGE.left, x2: right, y1: at, y2: at }), node("text", label, this.show(most * part))];
    });
    const minutes = [10, 5, 0].map((ago) => {
      const anchor = ago === 10 ? "start" : ago ? "middle" : "end";
      const x = right - (ago / 10) * (right - EDGE.left);
      return node("text", { x, y: HEIGHT - 5, "text-anchor": anchor }, ago ? `${ago} min ago` : "now");
    });
    return [...rows, ...minutes];
  }

  #line(field, index, y) {
    let path = "";
    let before = null;
    for (const point of this.#points) {
      if (point[field] === undefined || point[field] === null) {
        before = null;
        continue;
      }
      const isNext = before !== null && point.at - before < GAP_MS;
      // A point alone is a dot: a line of no length has round ends.
      path += `${isNext ? "L" : "M"}${this.#x(point.at).toFixed(1)} ${y(point[field]).toFixed(1)}${isNext ? "" : "h0"}`;
      before = point.at;
    }
    return node("path", { class: `line line-${index}`, d: path });
  }
}
