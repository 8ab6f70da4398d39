import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

import { Json, JsonError, Kind, Reader, write } from './lib/json';
import { Matrix } from './lib/matrix';

interface Rated<T> {
  readonly item: T;
  readonly rating: number;
}

type Result<T, E extends Error = Error> = { ok: true; value: T } | { ok: false; error: E };
type Handler = (rest: string, number: number) => string;

function attempt<T>(action: () => T): Result<T> {
  try {
    return { ok: true, value: action() };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

function show<T>(result: Result<T>): string {
  return result.ok ? `${result.value}` : `${result.error.name}: ${result.error.message}`;
}

abstract class Cache<K, V> {
  protected readonly items = new Map<K, V>();

  constructor(protected readonly capacity: number, private readonly evicted: (key: K, value: V) => void) {}

  protected abstract victim(): K;
  protected touched(_key: K): void {}

  get(key: K): V | undefined {
    if (this.items.has(key)) this.touched(key);
    return this.items.get(key);
  }

  put(key: K, value: V): void {
    if (!this.items.has(key) && this.items.size >= this.capacity) this.evict(this.victim());
    this.items.set(key, value);
    this.touched(key);
  }

  private evict(key: K): void {
    const value = this.items.get(key);
    this.items.delete(key);
    if (value !== undefined) this.evicted(key, value);
  }
}

class Lfu<V> extends Cache<string, V> {
  private readonly uses = new Map<string, number>();

  protected override touched(key: string): void {
    this.uses.set(key, (this.uses.get(key) ?? 0) + 1);
  }

  protected override victim(): string {
    const rated = [...this.items.keys()].map((item): Rated<string> => ({ item, rating: this.uses.get(item) ?? 0 }));
    const least = rated.reduce((a, b) => (b.rating < a.rating ? b : a)).item;
    this.uses.delete(least);
    return least;
  }
}

class Forest {
  private readonly parents = new Map<string, string>();
  weight = 0;

  root(node: string): string {
    const parent = this.parents.get(node) ?? node;
    if (parent === node) return node;
    const root = this.root(parent);
    this.parents.set(node, root);
    return root;
  }

  /** Kruskal's step: an edge is kept when it joins two trees. */
  join(a: string, b: string, weight: number): boolean {
    const [first, second] = [this.root(a), this.root(b)];
    if (first === second) return false;
    this.parents.set(first, second);
    this.weight += weight;
    return true;
  }
}

const PRECEDENCE = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2 } as const;
type Sign = keyof typeof PRECEDENCE;
const isSign = (token: string): token is Sign => Object.hasOwn(PRECEDENCE, token);

/** The shunting yard: infix to postfix. */
function postfix(source: string): string[] {
  const output: string[] = [];
  const signs: string[] = [];
  for (const token of source.match(/\d+|\S/g) ?? []) {
    if (/\d/.test(token)) output.push(token);
    else if (token === '(') signs.push(token);
    else if (token === ')') unwind(signs, output);
    else if (isSign(token)) stack(token, signs, output);
    else throw new SyntaxError(`bad character ${token}`);
  }
  while (signs.length) output.push(signs.pop()!);
  return output;
}

function unwind(signs: string[], output: string[]): void {
  for (let sign = signs.pop(); sign !== '('; sign = signs.pop()) {
    if (sign === undefined) throw new SyntaxError('unbalanced )');
    output.push(sign);
  }
}

function stack(token: Sign, signs: string[], output: string[]): void {
  for (let top = signs.at(-1); top && isSign(top) && PRECEDENCE[top] >= PRECEDENCE[token]; top = signs.at(-1)) {
    output.push(signs.pop()!);
  }
  signs.push(token);
}

function evaluate(source: string): number {
  const values: number[] = [];
  for (const token of postfix(source)) {
    if (!isSign(token)) {
      values.push(Number(token));
      continue;
    }
    const [right, left] = [values.pop(), values.pop()];
    if (left === undefined || right === undefined) throw new SyntaxError(`${token} lacks an operand`);
    values.push(apply(token, left, right));
  }
  return values.length === 1 ? values[0]! : NaN;
}

function apply(sign: Sign, left: number, right: number): number {
  switch (sign) {
    case '+': return left + right;
    case '-': return left - right;
    case '*': return left * right;
    case '/': return left / right;
    case '%': return left % right;
  }
}

class Report {
  readonly unknown: number[] = [];
  readonly edges: Array<[string, string, number]> = [];
  readonly scripts = new Map<string, number>();
  private evictions = '';
  private readonly cache = new Lfu<number>(16, (key, value) => { this.evictions += ` ${key}=${value}`; });

  private readonly handlers: Readonly<Record<string, Handler>> = {
    text: (rest) => this.text(rest),
    expr: (rest) => show(attempt(() => evaluate(rest))),
    get: (rest) => `${this.cache.get(rest)}`,
    put: (rest) => this.put(...(rest.split(' ') as [string, string])),
    edge: (rest) => `${this.edges.push(this.edge(rest))}`,
    json: (rest) => write(strip(Reader.read(rest))),
  };

  line(line: string, number: number): string {
    const at = line.indexOf(' ');
    const handler = at > 0 ? this.handlers[line.slice(0, at)] : undefined;
    if (handler) return `${number} ${handler(line.slice(at + 1), number)}`;
    this.unknown.push(number);
    return `${number} ?`;
  }

  private text(rest: string): string {
    for (const name of ['Latin', 'Greek', 'Cyrillic', 'Han', 'Arabic', 'Hebrew']) {
      const found = rest.match(new RegExp(`\\p{Script=${name}}+`, 'gu'))?.length ?? 0;
      this.scripts.set(name, (this.scripts.get(name) ?? 0) + found);
    }
    const title = rest.split(' ').slice(0, 2).map((word) => word.toUpperCase()).join(' ');
    return `${[...rest].length} ${rest.normalize('NFKD').length} ${title.slice(0, 40)}`;
  }

  private put(key: string, value: string): string {
    this.evictions = '';
    this.cache.put(key, Number(value));
    return `put${this.evictions}`;
  }

  private edge(rest: string): [string, string, number] {
    const [a = '', b = '', weight = '0'] = rest.split(' ');
    return [a, b, Number(weight)];
  }
}

function strip(json: Json): Json {
  if (json.kind === Kind.Table) json.entries.delete('name');
  return json;
}

function spanningTree(edges: ReadonlyArray<[string, string, number]>): string {
  const forest = new Forest();
  const sorted = edges.toSorted(([a, b, x], [c, d, y]) => x - y || (`${a} ${b}` < `${c} ${d}` ? -1 : 1));
  const kept = sorted.filter(([a, b, weight]) => forest.join(a, b, weight));
  return `${kept.length} of ${edges.length} edges, weight ${forest.weight}, longest ${kept.at(-1)}`;
}

async function inWorkers(jobs: readonly number[], count: number): Promise<string> {
  const queue = [...jobs.entries()];
  const answers = new Array<string>(jobs.length);
  const serve = async (name: string): Promise<void> => {
    const worker = new Worker(__filename, { workerData: { name } });
    for (let job = queue.shift(); job; job = queue.shift()) {
      worker.postMessage(job[1]);
      const [answer] = (await once(worker, 'message')) as [bigint];
      answers[job[0]] = `fib(${job[1]})=${answer}`;
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: count }, (_, number) => serve(`worker ${number}`)));
  return answers.join(' ');
}

function work(): void {
  const { name } = workerData as { name: string };
  const step = Matrix.of(2, (row, column) => (row + column < 2 ? 1n : 0n));
  parentPort!.on('message', (exponent: number) => {
    if (!name.startsWith('worker')) throw new Error(name);
    parentPort!.postMessage(step.power(exponent).at(0, 1));
  });
}

async function children(text: string): Promise<string[]> {
  const sleeper = spawn('sh', ['-c', 'trap "echo trapped; exit 9" TERM; echo ready; while :; do sleep 0.01; done']);
  await once(sleeper.stdout, 'data');
  sleeper.kill('SIGTERM');
  const [trapped] = await once(sleeper, 'exit');
  const killed = spawn('sleep', ['60']);
  killed.kill('SIGKILL');
  const [, signal] = await once(killed, 'exit');
  const cat = spawn('cat');
  cat.stdin.end(text);
  const hash = createHash('sha256');
  for await (const chunk of cat.stdout) hash.update(chunk as Buffer);
  const itself = spawnSync(process.execPath, [__filename, '--child', '日本'], { encoding: 'utf8' });
  const failed = attempt(() => execFileSync('sh', ['-c', 'exit 42'], { stdio: 'pipe' }));
  return [
    `trap ${trapped}, kill ${signal}, cat ${hash.digest('hex').slice(0, 16)}`,
    `itself ${itself.status} ${itself.stdout.trim()} / ${itself.stderr.trim()}`,
    show(failed),
  ];
}

function files(): string[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'typed-'));
  try {
    const file = path.join(folder, 'ключ.txt');
    for (const line of ['один', 'два', 'три']) fs.appendFileSync(file, `${line}\n`);
    fs.symlinkSync('ключ.txt', path.join(folder, 'alias'));
    fs.copyFileSync(path.join(folder, 'alias'), path.join(folder, 'copy'));
    const descriptor = fs.openSync(file, 'r+');
    const bytes = Buffer.alloc(6);
    fs.readSync(descriptor, bytes, 0, 6, 9);
    fs.ftruncateSync(descriptor, 8);
    fs.closeSync(descriptor);
    fs.renameSync(path.join(folder, 'copy'), path.join(folder, 'kopie'));
    const entries = fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    const listing = entries.map((entry) => `${entry.name}${entry.isSymbolicLink() ? '@' : ''}`);
    return [`${bytes}`, JSON.stringify(fs.readFileSync(file, 'utf8')), listing.join(' ')];
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function failures(): string[] {
  const nothing: { property?: { deep: string } } = {};
  const results: Result<unknown>[] = [
    attempt(() => nothing.property!.deep),
    attempt(() => Reader.read('{"a": [1, 2}')),
    attempt(() => Matrix.identity(2).at(2, 0)),
    attempt(() => fs.readFileSync('/nowhere')),
    attempt(() => BigInt('1.5')),
  ];
  return results.map((result) =>
    !result.ok && result.error instanceof JsonError ? `json fails at ${result.error.at}` : show(result));
}

async function readLines(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) lines.push(line);
  return lines;
}

async function main(args: readonly string[]): Promise<number> {
  const { GREETING = 'none', HOME = '/' } = process.env;
  console.log('%j %s %s', args, GREETING, path.relative(process.cwd(), fs.realpathSync(HOME)) || 'at home');
  const lines = await readLines();
  const report = new Report();
  lines.forEach((line, index) => console.log(report.line(line, index + 1)));
  console.log([...report.scripts].map(([name, count]) => `${name} ${count}`).join(', '));
  console.log(spanningTree(report.edges));
  console.log(await inWorkers([10, 90, 1_000, 1_000_000, 123_456_789], 2));
  for (const line of [...(await children(lines.join('\n'))), ...files(), ...failures()]) console.log(line);
  console.error(`${report.unknown.length} unknown, the first is line ${report.unknown[0]}`);
  return 7;
}

function child(args: readonly string[]): number {
  console.log(`child of ${args.map((word) => word.split('').reverse().join(''))}`);
  console.error('child complains');
  return 5;
}

const args = process.argv.slice(2);
if (!isMainThread) work();
else if (args[0] === '--child') process.exitCode = child(args.slice(1));
else void main(args).then((code) => { process.exitCode = code; });
