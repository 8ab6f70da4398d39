// What is told, on the page. All of it as text: names and messages are never markup.
import { NONE, bytes, count, duration, part, rate, since } from "./words.js";

const at = (id) => document.getElementById(id);

function element(name, text = "", kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

/** `columns`: headings, with a function each that makes the text of a row's cell, or {text, kind}. */
function fill(table, columns, rows) {
  const head = element("tr");
  head.append(...Object.keys(columns).map((heading) => element("th", heading)));
  const body = rows.map((row) => {
    const line = element("tr");
    line.append(
      ...Object.values(columns).map((cell) => {
        const said = cell(row);
        return said?.text === undefined ? element("td", said) : element("td", said.text, said.kind);
      }),
    );
    return line;
  });
  table.replaceChildren(head, ...body);
}

function tile(heading, value, below, kind = "") {
  const made = element("div", "", kind);
  made.append(element("dt", heading), element("dd", value), element("dd", below, "weak"));
  return made;
}

const alarm = (number, kind = "bad") => ({ text: count(number), kind: number ? kind : "" });

export function showTiles(pool, now) {
  const { admission, compile_cache: cache, figures } = pool;
  const hits = pool.pools.reduce((all, one) => all + one.hits, 0);
  const misses = pool.pools.reduce((all, one) => all + one.misses, 0);
  const looked = cache.hits + cache.misses;
  const leaks = Object.values(figures.leaks).reduce((all, one) => all + one, 0);
  at("tiles").replaceChildren(
    tile("Running", count(admission.running), `of ${count(admission.max_running)} places`),
    tile("Queued", count(admission.queued), `of ${count(admission.max_queued)}`, admission.queued > admission.max_queued / 2 ? "bad" : ""),
    tile("Executions", rate(now.executions), `${count(admission.finished)} so far`),
    tile("Refused", rate(now.refused), `${count(admission.refused)} for want of room`, now.refused ? "bad" : ""),
    tile("Latency", duration(now.p50), `median; 95 %: ${duration(now.p95)}`),
    tile("Found warm", part(hits, hits + misses), `${count(misses)} were not`),
    tile("Found compiled", part(cache.hits, looked), `${bytes(cache.bytes)} are kept`),
    tile("Faults", count(figures.faults), `${count(leaks)} jails left behind`, figures.faults || leaks ? "bad" : ""),
  );
}

export function showProblems(problems) {
  at("problems").replaceChildren(...problems.map((problem) => element("li", problem)));
}

/** By runtime; of the last moment, `nowOf` tells for each. */
export function showRuntimes(figures, nowOf) {
  const used = figures.runtimes.filter(({ executions, build_failures, deaths }) => executions.length || build_failures || deaths);
  const by = (one, wanted) => one.executions.filter(wanted).reduce((all, { count }) => all + count, 0);
  const total = (one) => by(one, () => true);
  const times = (one) => one.phases.total;
  const mean = (one) => (times(one) ? times(one).sum_ms / times(one).counts.reduce((all, n) => all + n, 0) : null);
  fill(
    at("runtimes"),
    {
      Runtime: (one) => one.runtime,
      Now: (one) => rate(nowOf(one.runtime).executions),
      "Median now": (one) => duration(nowOf(one.runtime).p50),
      "95 % now": (one) => duration(nowOf(one.runtime).p95),
      "So far": (one) => count(total(one)),
      Mean: (one) => duration(mean(one)),
      OK: (one) => part(by(one, ({ status }) => status === "ok"), total(one)),
      "Not compiled": (one) => count(by(one, ({ stage }) => stage === "compile")),
      "Time was up": (one) => count(by(one, ({ status }) => status === "timeout" || status === "cpu_timeout")),
      "Out of memory": (one) => count(one.oom_kills),
      "Not built": (one) => alarm(one.build_failures),
      Died: (one) => alarm(one.deaths),
    },
    used,
  );
  if (!used.length) at("runtimes").replaceChildren(element("caption", "Nothing was executed so far."));
}

export function showPools(pools) {
  fill(
    at("pools"),
    {
      Runtime: (pool) => pool.runtime,
      Version: (pool) => pool.version,
      Prepared: (pool) => (pool.stage ? `${pool.mode} (${pool.stage})` : pool.mode),
      Warm: (pool) => ({ text: `${pool.warm} of ${pool.target}`, kind: pool.warm < pool.target ? "low" : "" }),
      Starting: (pool) => count(pool.starting),
      Busy: (pool) => count(pool.busy),
      Resident: (pool) => count(pool.resident),
      Hits: (pool) => count(pool.hits),
      Misses: (pool) => count(pool.misses),
      "Hit rate": (pool) => part(pool.hits, pool.hits + pool.misses),
      Acquired: (pool) => duration(pool.acquire_ms_p50),
      "99 %": (pool) => duration(pool.acquire_ms_p99),
      Built: (pool) => duration(pool.build_ms_p50),
      Memory: (pool) => bytes(pool.jail_bytes),
    },
    pools,
  );
}

export function showFaults(faults) {
  const told = faults.map(({ at: when, message }) => {
    const line = element("li");
    const time = element("time", new Date(when).toLocaleString());
    time.dateTime = when;
    line.append(time, element("span", message));
    return line;
  });
  at("faults").replaceChildren(...(told.length ? told : [element("li", "None since the start.", "weak")]));
}

export function showProcesses(processes, cpus, now) {
  const busy = (process) => {
    const cpu = cpus(process);
    return cpu === null ? NONE : `${Math.max(0, cpu * 100).toFixed(0)} %`;
  };
  fill(
    at("processes"),
    {
      Process: ({ process }) => process,
      CPU: ({ process }) => busy(process),
      "CPU time": ({ cpu_ms: ms }) => duration(ms),
      Memory: ({ resident_bytes: size }) => bytes(size),
      Descriptors: ({ open_fds: fds }) => count(fds),
      "Up for": ({ started }) => since(started, now),
    },
    processes,
  );
}
