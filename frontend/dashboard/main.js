// The page: a key, a question every other second, and what comes of it.
import { Chart } from "./chart.js";
import { History } from "./history.js";
import { Silence, ask } from "./service.js";
import { showFaults, showPools, showProblems, showProcesses, showRuntimes, showTiles } from "./view.js";
import { count, duration, rate } from "./words.js";

const KEY = "runjail-admin-key";
const EVERY_MS = 2000;
const at = (id) => document.getElementById(id);
const history = new History();
let charts = [];
let round = 0; // of asking: who logs out ends it, and an answer that comes later is nobody's
let lastTold = null;

function say(text, kind = "") {
  at("state").textContent = text;
  at("state").className = kind;
}

function makeCharts() {
  const place = at("charts");
  charts = [
    new Chart(place, { title: "Rates", lines: { executions: "executions", refused: "refused", cancelled: "cancelled" }, show: rate, least: 1 }),
    new Chart(place, { title: "Latency", lines: { p50: "median", p95: "95 %" }, show: duration, least: 10 }),
    new Chart(place, { title: "Places", lines: { running: "running", queued: "queued" }, show: count, least: 2 }),
    new Chart(place, { title: "Waiting, 95 %", lines: { queue: "for a place", acquire: "for a jail" }, show: duration, least: 1 }),
  ];
}

function show(pool) {
  const now = history.now();
  const time = Date.now();
  say(pool.problems.length ? "not ready" : "ready", pool.problems.length ? "bad" : "good");
  showProblems(pool.problems);
  showTiles(pool, now);
  showRuntimes(pool.figures, (runtime) => history.now(runtime));
  showPools(pool.pools);
  showFaults(pool.faults);
  showProcesses(pool.figures.processes, (process) => history.cpus(process), time);
}

/** What is there is of an earlier time. */
function showSilence(silence) {
  history.miss(Date.now());
  const asOf = lastTold ? `; what is shown is of ${lastTold.toLocaleTimeString()}` : "";
  say(`${silence.message}${asOf}`, "bad");
}

async function look(key, ours) {
  try {
    const pool = await ask(key);
    if (ours !== round) return;
    lastTold = new Date();
    history.add(Date.now(), pool);
    at("board").hidden = false;
    at("board").classList.remove("stale");
    show(pool);
  } catch (error) {
    if (ours !== round) return;
    if (!(error instanceof Silence)) throw error;
    if (error.isLockedOut) return askForKey(error.message);
    at("board").classList.add("stale");
    showSilence(error);
  }
  for (const chart of charts) chart.update(history.points);
}

async function follow(key) {
  const ours = ++round;
  at("login").hidden = true;
  at("leave").hidden = false;
  while (ours === round) {
    await look(key, ours);
    await new Promise((wake) => setTimeout(wake, EVERY_MS));
  }
}

function askForKey(why = "") {
  round++;
  sessionStorage.removeItem(KEY);
  say("logged out");
  at("refusal").textContent = why;
  at("board").hidden = true;
  at("leave").hidden = true;
  at("login").hidden = false;
  at("key").value = "";
  at("key").focus();
}

at("login").onsubmit = (event) => {
  event.preventDefault();
  const key = at("key").value.trim();
  sessionStorage.setItem(KEY, key);
  say("starting …");
  follow(key);
};
at("leave").onclick = () => askForKey();
makeCharts();
const kept = sessionStorage.getItem(KEY);
if (kept) follow(kept);
else askForKey();
