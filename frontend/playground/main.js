// The page: what is chosen and typed, one execution at a time, and what comes of it.
import { Editor } from "./editor.js";
import { Execution, isTooLarge } from "./execution.js";
import { Files } from "./files.js";
import { Output } from "./output.js";
import { sample } from "./samples.js";
import { asWorkspace, fromHash, toHash } from "./share.js";
import * as store from "./store.js";
import { summary } from "./summary.js";
import { splitWords } from "./words.js";

const KEY = "runjail-key";
const LAST = "runjail-language";
const LINK = "a link"; // where a link's program is kept once it is changed: not in place of one's own
const at = (id) => document.getElementById(id);
const output = new Output(at("output"));
const editor = new Editor(at("editor"), "Program", keep);
const files = new Files(at("files"), editor);
let runtimes = [];
let execution = null;
let isRunWanted = false; // as soon as there is a key
let place = ""; // of what is shown, among what is kept: its language, or LINK

function say(text, kind = "") {
  at("status").textContent = text;
  at("status").className = kind;
}

function workspace() {
  return {
    language: at("language").value,
    version: at("version").value,
    files: files.contents(),
    stdin: at("stdin").value,
    args: at("args").value,
  };
}

/** What was typed for each language is there again when the page is, and not what a link had before. */
function keep() {
  const now = workspace();
  if (location.hash) history.replaceState(null, "", location.pathname);
  store.set(LAST, place);
  store.set(`runjail-work-${place}`, JSON.stringify(now));
}

function kept(name) {
  try {
    return asWorkspace(JSON.parse(store.get(`runjail-work-${name}`)));
  } catch {
    return null; // Not written by this page.
  }
}

function loadOwn(language) {
  place = language;
  load({ ...(kept(language) ?? sample(language)), language });
}

function loadOthers(shared) {
  place = LINK;
  load(shared);
}

function load({ language, version, files: contents, stdin, args }) {
  at("language").value = language;
  const versions = runtimes.filter((runtime) => runtime.language === language).map((runtime) => runtime.version);
  fill(at("version"), [["*", "newest"], ...versions.map((name) => [name, name])], version);
  at("stdin").value = stdin;
  at("args").value = args;
  files.load(contents, language);
}

function fill(select, choices, chosen) {
  select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
  select.value = choices.some(([value]) => value === chosen) ? chosen : choices[0]?.[0];
}

async function begin() {
  if (execution) return;
  const key = store.get(KEY);
  if (!key) {
    isRunWanted = true;
    return askForKey();
  }
  const { language, version, files: contents, stdin, args } = workspace();
  let words;
  try {
    words = splitWords(args);
  } catch (error) {
    return say(error.message, "bad");
  }
  const interactive = at("interactive").checked;
  const request = { key, language, version, files: contents, stdin, args: words, interactive };
  if (isTooLarge({ ...request, stdin: "" })) return say("The program is larger than what can be run from here; the API takes more.", "bad");
  output.clear();
  say("starting …");
  setRunning(true, interactive);
  execution = new Execution(request, heard);
}

const heard = {
  stage: ({ stage }) => {
    say(stage === "run" ? "running …" : "compiling …");
  },
  stdout: ({ data }) => output.write("stdout", data),
  stderr: ({ data }) => output.write("stderr", data),
  exit: ({ stage, code, signal }) => {
    if (stage === "compile" && (code !== 0 || signal)) output.note(`compiler ended with ${signal ?? `exit code ${code}`}`);
  },
  result: (answer) => {
    const { text, isGood } = summary(answer);
    say(text, isGood ? "good" : "bad");
  },
  error: ({ error }) => {
    say(error.message, "bad");
    if (error.code === "unauthorized") {
      isRunWanted = true;
      askForKey();
    }
  },
  ended: () => {
    output.flush();
    execution = null;
    setRunning(false, false);
  },
};

function setRunning(isRunning, isInteractive) {
  at("run").disabled = isRunning;
  at("stop").disabled = !isRunning;
  at("say").hidden = !isInteractive;
  if (isInteractive) at("line").focus();
  else if (document.activeElement === document.body) editor.focus(); // what had it is gone
}

function askForKey() {
  at("key-input").value = "";
  at("key-dialog").showModal();
}

async function share() {
  try {
    history.replaceState(null, "", await toHash(workspace()));
  } catch {
    return say("The program is too large for a link.", "bad");
  }
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is on the clipboard, and in the address bar.");
  } catch {
    say("The link is in the address bar.");
  }
}

const isThere = (name) => runtimes.some(({ language }) => language === name);

async function showLink() {
  const shared = await fromHash(location.hash);
  if (shared && isThere(shared.language)) loadOthers(shared);
  else if (location.hash) say("The link has no program that can be run here.", "bad");
}

function listen() {
  at("run").onclick = begin;
  at("stop").onclick = () => execution?.stop();
  at("share").onclick = share;
  at("key").onclick = askForKey;
  at("key-cancel").onclick = () => at("key-dialog").close();
  at("key-forget").onclick = () => {
    store.set(KEY, "");
    at("key-dialog").close();
  };
  at("key-dialog").onsubmit = () => {
    store.set(KEY, at("key-input").value.trim());
    if (isRunWanted) begin();
  };
  at("key-dialog").onclose = () => (isRunWanted = false);
  at("language").onchange = () => {
    loadOwn(at("language").value);
    keep();
  };
  for (const id of ["version", "stdin", "args"]) at(id).oninput = keep;
  at("say").onsubmit = (event) => {
    event.preventDefault();
    execution?.stdin(`${at("line").value}\n`);
    output.note(at("line").value);
    at("line").value = "";
  };
  at("end").onclick = () => execution?.end();
  at("interrupt").onclick = () => execution?.signal("SIGINT");
  addEventListener("hashchange", showLink);
  // Before the editor, in which Ctrl+Enter is a new line.
  addEventListener("keydown", onKey, { capture: true });
}

function onKey(event) {
  const isCommand = (event.ctrlKey || event.metaKey) && !event.getModifierState("AltGraph");
  const action =
    isCommand && event.key === "Enter" ? begin
    : isCommand && event.altKey && event.code === "KeyS" ? () => execution?.stop()
    : isCommand && event.altKey && event.code === "KeyL" ? () => at("language").focus()
    : isCommand && event.key === "d" && event.target === at("line") ? () => execution?.end()
    : null;
  if (!action || at("key-dialog").open) return;
  event.preventDefault();
  event.stopPropagation();
  action();
}

async function start() {
  listen();
  try {
    const response = await fetch("v1/runtimes");
    if (!response.ok) throw new Error(response.statusText);
    runtimes = await response.json();
  } catch {
    return say("The service does not answer; load the page again.", "bad");
  }
  const languages = [...new Set(runtimes.map(({ language }) => language))];
  if (!languages.length) return say("No language is installed here.", "bad");
  fill(at("language"), languages.map((name) => [name, name]), "python");
  const last = store.get(LAST);
  const others = last === LINK ? kept(LINK) : null;
  if (others && isThere(others.language)) loadOthers(others);
  else loadOwn(languages.includes(last) ? last : at("language").value);
  if (location.hash) await showLink();
  editor.focus();
  document.body.dataset.ready = "true";
}

await start();
