// What was told during the last minutes, and what happened meanwhile: rates and latencies, from differences.

export const KEPT_MS = 10 * 60_000;
// What is told of now is what happened in this time.
const WINDOW_MS = 10_000;
const REFUSED = ["busy", "unavailable", "internal"]; // the service's doing, not the client's

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const minus = (counts, earlier) => counts.map((count, index) => count - (earlier?.[index] ?? 0));

/** The counts of a phase's classes, of one runtime or of all together. */
function classes(figures, phase, runtime = null) {
  const of = figures.runtimes.filter((one) => runtime === null || one.runtime === runtime);
  const all = of.map((one) => one.phases[phase]?.counts).filter(Boolean);
  return Array.from({ length: figures.classes_ms.length + 1 }, (_, index) => sum(all.map((counts) => counts[index])));
}

/** The ms that this part took no longer than; evenly spread within a class. Null when there are none. */
export function quantile(counts, ends, part) {
  const wanted = sum(counts) * part;
  if (!wanted) return null;
  let reached = 0;
  for (const [index, count] of counts.entries()) {
    reached += count;
    if (reached < wanted || !count) continue;
    if (index === ends.length) break;
    const start = index ? ends[index - 1] : 0;
    return ends[index] - ((ends[index] - start) * (reached - wanted)) / count;
  }
  return ends.at(-1);
}

const startOf = ({ figures }) => figures.processes.find(({ process }) => process === "supervisor")?.started;

export class History {
  #answers = []; // {at, pool}, of one supervisor
  points = []; // {at, …}, of all, and of when there was none

  /** Take what was told at a time, in ms. */
  add(at, pool) {
    const last = this.#answers.at(-1);
    if (last && startOf(last.pool) !== startOf(pool)) this.#answers = []; // it counts from zero
    this.#answers.push({ at, pool });
    while (this.#answers.length > 2 && this.#answers[1].at <= at - WINDOW_MS) this.#answers.shift();
    this.#keep({ at, running: pool.admission.running, queued: pool.admission.queued, ...this.now() });
  }

  /** Nothing was told. */
  miss(at) {
    this.#answers = [];
    this.#keep({ at });
  }

  #keep(point) {
    this.points.push(point);
    while (this.points[0].at < point.at - KEPT_MS) this.points.shift();
  }

  /** Of all runtimes, or of one: rates per second, latencies in ms; nothing as long as there is no difference. */
  now(runtime = null) {
    const [first, last] = [this.#answers[0], this.#answers.at(-1)];
    if (!last || first === last) return {};
    const seconds = (last.at - first.at) / 1000;
    const [before, after] = [first.pool.figures, last.pool.figures];
    const grown = (phase) => minus(classes(after, phase, runtime), classes(before, phase, runtime));
    const [total, queue, acquire] = ["total", "queue", "acquire"].map(grown);
    const at = (counts, part) => quantile(counts, after.classes_ms, part);
    return {
      executions: sum(total) / seconds,
      refused: sum(REFUSED.map((code) => after.refusals[code] - before.refusals[code])) / seconds,
      cancelled: (after.cancelled - before.cancelled) / seconds,
      p50: at(total, 0.5),
      p95: at(total, 0.95),
      queue: at(queue, 0.95),
      acquire: at(acquire, 0.95),
    };
  }

  /** The processors that a process keeps busy; null as long as there is no difference. */
  cpus(process) {
    const [first, last] = [this.#answers[0], this.#answers.at(-1)];
    const [before, after] = [first, last].map((one) => one?.pool.figures.processes.find((p) => p.process === process));
    if (!after || !before || first === last || before.started !== after.started) return null;
    return (after.cpu_ms - before.cpu_ms) / (last.at - first.at);
  }
}
