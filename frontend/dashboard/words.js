// Figures as people read them.

export const NONE = "–";

export function duration(ms) {
  if (ms === null || ms === undefined) return NONE;
  if (ms > 0 && ms < 0.05) return "< 0.1 ms";
  if (ms < 10) return `${+ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${+(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

export function rate(number) {
  if (number === null || number === undefined) return NONE;
  return `${number < 10 ? +number.toFixed(1) : Math.round(number)}/s`;
}

export function count(number) {
  if (number === null || number === undefined) return NONE;
  return Number.isInteger(number) ? number.toLocaleString("en") : `${+number.toFixed(1)}`;
}

export function bytes(number) {
  const step = [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]].find(([, size]) => number >= size) ?? ["bytes", 1];
  return `${+(number / step[1]).toFixed(number / step[1] < 10 ? 1 : 0)} ${step[0]}`;
}

export function part(of, all) {
  return all ? `${Math.round((100 * of) / all)} %` : NONE;
}

/** How long ago, in the largest unit that is whole. */
export function since(time, now) {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  const [name, size] = [["d", 86400], ["h", 3600], ["min", 60]].find(([, size]) => seconds >= size) ?? ["s", 1];
  return `${Math.floor(seconds / size)} ${name}`;
}
