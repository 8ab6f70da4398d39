// What terminals make of colours: text, with the look that was asked for before it.

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
// On a background of its own a colour does not follow the page's.
const FIXED = ["#000", "#c5221f", "#137333", "#b06000", "#1a56c4", "#8f2fa8", "#00707d", "#dadce0",
               "#5f6368", "#f28b82", "#81c995", "#fdd663", "#8ab4f8", "#d7aefb", "#78d9ec", "#fff"];
const WORDS = { 1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 8: "hidden", 9: "strikethrough" };
const ENDS = { 22: ["bold", "dim"], 23: ["italic"], 24: ["underline"], 27: ["inverse"], 28: ["hidden"], 29: ["strikethrough"] };
// CSI, OSC, character sets, other escapes, and controls that have no meaning here.
const SEQUENCE = /\x1b(?:\[([0-?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/][0-~]|[0-~])|[\0-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]/g;
const CUT_OFF = /\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]{0,4096}\x1b?|[ -/])?$/;

/** One stream of output, in pieces that may be cut anywhere. */
export class Ansi {
  constructor() {
    this.pending = "";
    this.style = { fore: null, back: null, words: new Set() };
    this.look = lookOf(this.style);
  }

  /** [{text, look}] of what has come; a look is {className, color, background, key}, the same object while it lasts. */
  read(piece) {
    const whole = this.pending + piece;
    const cut = CUT_OFF.exec(whole);
    this.pending = cut ? cut[0] : "";
    const ready = cut ? whole.slice(0, cut.index) : whole;
    const found = [];
    let from = 0;
    for (const match of ready.matchAll(SEQUENCE)) {
      if (match.index > from) found.push({ text: ready.slice(from, match.index), look: this.look });
      from = match.index + match[0].length;
      if (match[2] === "m") {
        this.#select(match[1].split(/[;:]/).map(Number));
        this.look = lookOf(this.style);
      }
    }
    if (from < ready.length) found.push({ text: ready.slice(from), look: this.look });
    return found;
  }

  #select(numbers) {
    const { style } = this;
    while (numbers.length) {
      const number = numbers.shift();
      const ground = number % 100 >= 90 || number >= 100 ? number - 60 : number;
      if (!number) Object.assign(style, { fore: null, back: null, words: new Set() });
      else if (WORDS[number]) style.words.add(WORDS[number]);
      else if (ENDS[number]) ENDS[number].forEach((word) => style.words.delete(word));
      else if (number === 38 || number === 48) style[number === 38 ? "fore" : "back"] = exact(numbers);
      else if (number === 39 || number === 49) style[number === 39 ? "fore" : "back"] = null;
      else if (ground >= 30 && ground <= 37) style.fore = ground - 30 + (ground === number ? 0 : 8);
      else if (ground >= 40 && ground <= 47) style.back = ground - 40 + (ground === number ? 0 : 8);
    }
  }
}

/** Of 38 and 48 what follows: one of 256, or any; a number below 16, or [r, g, b]. */
function exact(numbers) {
  const kind = numbers.shift();
  if (kind === 2) return numbers.splice(0, 3).map((part) => Math.min(part || 0, 255));
  if (kind !== 5) return null;
  const number = numbers.shift() || 0;
  if (number < 16) return number;
  if (number >= 232) return Array(3).fill(8 + (Math.min(number, 255) - 232) * 10);
  return [Math.floor((number - 16) / 36), Math.floor((number - 16) / 6) % 6, (number - 16) % 6].map((step) => step && 55 + step * 40);
}

function lookOf({ fore, back, words }) {
  const isInverse = words.has("inverse");
  const [front, ground] = isInverse ? [back, fore] : [fore, back];
  let background = isInverse ? "var(--text)" : "";
  if (ground !== null) background = css(ground, true);
  let color = isInverse ? "var(--back)" : "";
  if (front !== null) color = css(front, background !== "");
  else if (ground !== null) color = readable(ground);
  const className = [...words].filter((word) => word !== "inverse").join(" ");
  return { color, background, className, key: `${color}/${background}/${className}` };
}

function css(colour, isFixed) {
  if (Array.isArray(colour)) return `rgb(${colour})`;
  return isFixed ? FIXED[colour] : `var(--ansi-${colour < 8 ? "" : "bright-"}${NAMES[colour % 8]})`;
}

/** Black or white, whichever can be read on it. */
function readable(colour) {
  if (!Array.isArray(colour)) return [0, 1, 2, 4, 5, 6, 8].includes(colour) ? "#fff" : "#000";
  const [red, green, blue] = colour;
  return red * 0.3 + green * 0.6 + blue * 0.1 < 140 ? "#fff" : "#000";
}
