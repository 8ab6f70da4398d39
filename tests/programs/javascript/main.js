'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');
const { fork, spawn, spawnSync } = require('node:child_process');
const { createHash, createHmac } = require('node:crypto');
const { EventEmitter, once } = require('node:events');
const fs = require('node:fs');
const { mkdtemp, rm, readdir, rename, stat, symlink, writeFile, readFile, open, lstat } = require('node:fs/promises');
const os = require('node:os');
const path = require('node:path');
const { Readable, Transform } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { setTimeout: sleep } = require('node:timers/promises');
const { parseArgs, inspect } = require('node:util');
const vm = require('node:vm');
const { Worker } = require('node:worker_threads');
const zlib = require('node:zlib');

const { calculate, factorial } = require('./lib/calc');
const { Vocabulary, capitalised, describe } = require('./lib/text');

const say = (...lines) => process.stdout.write(lines.map((line) => `${line}\n`).join(''));

class Lru {
  #items = new Map();

  constructor(capacity) {
    this.capacity = capacity;
  }

  get(key) {
    if (!this.#items.has(key)) return undefined;
    const value = this.#items.get(key);
    this.put(key, value);
    return value;
  }

  put(key, value) {
    this.#items.delete(key);
    this.#items.set(key, value);
    if (this.#items.size <= this.capacity) return undefined;
    const [oldest] = this.#items.keys();
    this.#items.delete(oldest);
    return oldest;
  }
}

class Heap {
  #items = [];

  push(rank, item) {
    const items = this.#items;
    let at = items.push([rank, item]) - 1;
    for (let up; at > 0 && items[(up = (at - 1) >> 1)][0] > items[at][0]; at = up) this.#swap(at, up);
  }

  pop() {
    const items = this.#items;
    this.#swap(0, items.length - 1);
    const least = items.pop();
    for (let at = 0, down; (down = this.#least(at)) !== at; at = down) this.#swap(at, down);
    return least;
  }

  get size() {
    return this.#items.length;
  }

  #least(at) {
    const candidates = [at, 2 * at + 1, 2 * at + 2].filter((index) => index < this.#items.length);
    return candidates.reduce((a, b) => (this.#items[b][0] < this.#items[a][0] ? b : a), at);
  }

  #swap(a, b) {
    [this.#items[a], this.#items[b]] = [this.#items[b], this.#items[a]];
  }
}

class Report extends EventEmitter {
  cache = new Lru(24);
  vocabulary = new Vocabulary();
  roads = new Map();

  handlers = {
    text: (rest) => {
      this.vocabulary.add(rest);
      return describe(rest);
    },
    expr: calculate,
    put: (rest) => {
      const [key, value] = rest.split(' ');
      return `evicts ${this.cache.put(key, Number(value))}`;
    },
    get: (rest) => `finds ${this.cache.get(rest)}`,
    edge: (rest) => this.#road(...rest.split(' ')),
    json: (rest) => {
      const { id, name, pos: { x, y }, ...others } = JSON.parse(rest);
      const digest = createHash('sha256').update(JSON.stringify({ y, x, name, ...others })).digest('base64url');
      return `${id} ${digest.slice(0, 12)} ${inspect(others.tags)}`;
    },
  };

  #road(from, to, weight) {
    for (const [a, b] of [[from, to], [to, from]]) {
      if (!this.roads.has(a)) this.roads.set(a, new Map());
      this.roads.get(a).set(b, Math.min(Number(weight), this.roads.get(a).get(b) ?? Infinity));
    }
    return `${from}↔${to}`;
  }

  line(number, line) {
    const [, kind, rest] = /^(\S*) ?([^]*)$/.exec(line);
    if (Object.hasOwn(this.handlers, kind)) return `${number} ${kind} ${this.handlers[kind](rest)}`;
    this.emit('unknown', number, kind);
    return `${number} unknown ${JSON.stringify(line)}`;
  }
}

function shortest(roads, start) {
  const known = new Map();
  const heap = new Heap();
  heap.push(0, start);
  while (heap.size) {
    const [length, here] = heap.pop();
    if (known.has(here)) continue;
    known.set(here, length);
    for (const [there, weight] of roads.get(here)) heap.push(length + weight, there);
  }
  return known;
}

async function countInWorkers(lines, count) {
  const shared = new SharedArrayBuffer(8);
  const cells = new Int32Array(shared);
  const file = path.join(__dirname, 'lib', 'worker.js');
  const workers = Array.from({ length: count }, (_, number) => new Worker(file, { workerData: { shared, number } }));
  for (let start = 0, turn = 0; start < lines.length; start += 1000, turn++) {
    workers[turn % count].postMessage(lines.slice(start, start + 1000));
  }
  for (const worker of workers) worker.postMessage(null);
  const codes = await Promise.all(workers.map(async (worker) => (await once(worker, 'exit'))[0]));
  const failing = new Worker(file, { workerData: { shared, number: count, fails: true } });
  const [error] = await once(failing, 'error');
  return `${Atomics.load(cells, 0)} letters, ${Atomics.load(cells, 1)} workers left with ${codes}; ${error}`;
}

async function tasks() {
  const storage = new AsyncLocalStorage();
  const task = async (name) => {
    await sleep(name.length);
    if (name.length === 3) throw new Error(`${name} fails`, { cause: storage.getStore() });
    return `${name} in ${storage.getStore()}`;
  };
  const settled = await Promise.allSettled(['a', 'bb', 'ccc'].map((name, at) => storage.run(`store ${at}`, task, name)));
  const abort = AbortSignal.timeout(5);
  const aborted = await sleep(10_000, null, { signal: abort }).catch((reason) => reason.name);
  return [...settled.map(({ value, reason }) => value ?? `${reason.message} because of ${reason.cause}`), aborted];
}

async function streams(text) {
  let lengths = 0;
  const shout = new Transform({
    transform(chunk, _, done) {
      lengths += chunk.length;
      done(null, chunk.toString('latin1').toUpperCase());
    },
  });
  const hash = createHash('sha512');
  const bytes = Readable.from([Buffer.from(text), Buffer.from('\n')]);
  await pipeline(bytes, zlib.createGzip(), zlib.createGunzip(), shout, hash);
  const brotli = zlib.brotliDecompressSync(zlib.brotliCompressSync(text.slice(0, 5000))).toString() === text.slice(0, 5000);
  return `${lengths} bytes through gzip, brotli ${brotli}, ${hash.digest('hex').slice(0, 24)}`;
}

async function children(lines) {
  const sleeper = spawn('sleep', ['60']);
  await once(sleeper, 'spawn');
  sleeper.kill('SIGTERM');
  const [code, signal] = await once(sleeper, 'exit');
  const forked = fork(__filename, ['--child', 'ünïcode'], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const exited = once(forked, 'close');
  const output = forked.stdout.setEncoding('utf8').toArray();
  forked.send({ question: 6 });
  const [answer] = await once(forked, 'message');
  const [left] = await exited;
  const env = { LC_ALL: 'C', PATH: process.env.PATH };
  const sorted = spawnSync('sort', ['-r'], { input: lines.join('\n'), env, maxBuffer: 1 << 22 });
  const shell = spawnSync('sh', ['-c', 'tr a-z A-Z; echo complaint >&2; exit 42'], { input: 'piped', encoding: 'utf8' });
  const missing = spawnSync('/no/such/program');
  return [
    `sleeper ${code} ${signal}`,
    `fork answered ${JSON.stringify(answer)}, wrote ${JSON.stringify((await output).join(''))}, left with ${left}`,
    `sorted ${createHash('md5').update(sorted.stdout).digest('hex')}`,
    `shell ${shell.status} ${shell.stdout.trim()} ${shell.stderr.trim()}; ${missing.error.code}`,
  ];
}

function child(words) {
  say(`child got ${words.map((word) => [...word].reverse().join(''))}`);
  process.once('message', ({ question }) => {
    process.send({ answer: question * 7, digits: String(factorial(200n)).length });
    process.disconnect();
    process.exitCode = 5;
  });
}

async function files() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'report-'));
  try {
    const first = path.join(folder, 'naïve 日本.txt');
    await writeFile(first, 'one\ntwo\nthree\n', { mode: 0o640 });
    await symlink(path.basename(first), path.join(folder, 'link'));
    const handle = await open(first, 'r+');
    await handle.write('TWO', 4);
    const { buffer } = await handle.read(Buffer.alloc(6), 0, 6, 8);
    await handle.close();
    await rename(first, path.join(folder, 'moved.txt'));
    const link = await lstat(path.join(folder, 'link'));
    const dangling = await stat(path.join(folder, 'link')).catch((error) => error.code);
    fs.mkdirSync(path.join(folder, 'deep', 'er'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'deep', 'er', 'zeros'), Buffer.alloc(1 << 20));
    const text = await readFile(path.join(folder, 'moved.txt'), 'utf8');
    const names = (await readdir(folder, { recursive: true })).sort();
    return [JSON.stringify(text), JSON.stringify(String(buffer)), link.isSymbolicLink(), dangling, names];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function failures() {
  const attempts = [
    () => null.property,
    () => JSON.parse('{"a": tru}'),
    () => fs.readFileSync('/nowhere/file'),
    () => fs.rmdirSync('lib'),
    () => 'x'.repeat(-1),
    () => (function deeper() { return deeper() + 1; })(),
    () => vm.runInNewContext('while (true);', {}, { timeout: 20 }),
    () => new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.of(0xff)),
  ];
  return attempts.map((attempt) => {
    try {
      return String(attempt());
    } catch (error) {
      return error.code ?? error.name;
    }
  });
}

async function readLines() {
  process.stdin.setEncoding('utf8');
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  return text.split('\n');
}

async function main({ values, positionals }) {
  const { GREETING, HOME } = process.env;
  const home = fs.realpathSync(HOME) === process.cwd();
  say(`arguments ${JSON.stringify(positionals)}`, `greeting ${GREETING}, at home ${home}`);
  say(`${path.relative(process.cwd(), __filename)} is main: ${require.main === module}`, capitalised('élan ǆ ﬁne ßtrasse'));
  const lines = await readLines();
  const report = new Report();
  const unknown = [];
  report.on('unknown', (number) => unknown.push(number));
  lines.forEach((line, at) => say(report.line(at + 1, line)));
  say(...Array.from(report.vocabulary).slice(0, 30), [...shortest(report.roads, 'n0')].sort().join(' '));
  say(factorial(300n), createHmac('sha1', 'key').update(lines[0]).digest('hex'));
  say(await countInWorkers(lines, Number(values.workers)), await streams(lines.join('\n')));
  say(...(await tasks()), ...(await children(lines)), ...(await files()), failures().join(' '));
  console.error('%d lines were not understood: %o', unknown.length, unknown.slice(0, 3));
  process.on('uncaughtException', (error) => {
    console.error(`caught at last: ${error.message}`);
    process.exitCode = 7;
  });
  queueMicrotask(() => { throw new Error('nobody expects me'); });
}

const options = { workers: { type: 'string', default: '2' }, child: { type: 'boolean' } };
const parsed = parseArgs({ options, allowPositionals: true });
if (parsed.values.child) child(parsed.positionals);
else main(parsed);
