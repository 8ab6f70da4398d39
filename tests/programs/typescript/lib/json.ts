export enum Kind {
  Nothing = 'nothing',
  Flag = 'flag',
  Amount = 'amount',
  Text = 'text',
  List = 'list',
  Table = 'table',
}

export type Json =
  | { kind: Kind.Nothing }
  | { kind: Kind.Flag; value: boolean }
  | { kind: Kind.Amount; value: number }
  | { kind: Kind.Text; value: string }
  | { kind: Kind.List; items: Json[] }
  | { kind: Kind.Table; entries: Map<string, Json> };

export class JsonError extends Error {
  override readonly name = 'JsonError';

  constructor(message: string, readonly at: number) {
    super(`${message} at ${at}`);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '"': '"', '\\': '\\', '/': '/' };
const LITERALS: ReadonlyArray<readonly [string, Json]> = [
  ['null', { kind: Kind.Nothing }],
  ['true', { kind: Kind.Flag, value: true }],
  ['false', { kind: Kind.Flag, value: false }],
];

export class Reader {
  private at = 0;

  constructor(private readonly source: string) {}

  static read(source: string): Json {
    const reader = new Reader(source);
    const value = reader.value();
    reader.blanks();
    if (reader.at < source.length) throw new JsonError('left over', reader.at);
    return value;
  }

  private blanks(): void {
    while (' \t\r\n'.includes(this.source[this.at] ?? 'x')) this.at++;
  }

  private accept(char: string): boolean {
    this.blanks();
    if (this.source[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private expect(char: string): void {
    if (!this.accept(char)) throw new JsonError(`expected ${char}`, this.at);
  }

  private value(): Json {
    if (this.accept('"')) return { kind: Kind.Text, value: this.text() };
    if (this.accept('[')) return { kind: Kind.List, items: [...this.items(']', () => this.value())] };
    if (this.accept('{')) return { kind: Kind.Table, entries: new Map(this.items('}', () => this.entry())) };
    for (const [word, literal] of LITERALS) {
      if (this.source.startsWith(word, this.at)) {
        this.at += word.length;
        return literal;
      }
    }
    return { kind: Kind.Amount, value: this.amount() };
  }

  private *items<T>(end: string, item: () => T): Generator<T, void, undefined> {
    if (this.accept(end)) return;
    do yield item();
    while (this.accept(','));
    this.expect(end);
  }

  private entry(): [string, Json] {
    this.expect('"');
    const key = this.text();
    this.expect(':');
    return [key, this.value()];
  }

  private text(): string {
    let text = '';
    for (;;) {
      const char = this.source[this.at++];
      if (char === undefined) throw new JsonError('unended text', this.at);
      if (char === '"') return text;
      text += char === '\\' ? this.escape() : char;
    }
  }

  private escape(): string {
    const char = this.source[this.at++] ?? '';
    if (char !== 'u') return ESCAPES[char] ?? char;
    this.at += 4;
    return String.fromCharCode(parseInt(this.source.slice(this.at - 4, this.at), 16));
  }

  private amount(): number {
    const [digits] = /^-?\d+(\.\d+)?([eE][-+]?\d+)?/.exec(this.source.slice(this.at, this.at + 32)) ?? [''];
    if (!digits) throw new JsonError('no value', this.at);
    this.at += digits.length;
    return Number(digits);
  }
}

function quoted(text: string): string {
  const escaped = text.replace(/["\\\p{Cc}]|[^\0-\u{ffff}]/gu, (char) =>
    char.length === 1 && char > '\x1f' ? `\\${char}` : char.split('').map(unit).join(''));
  return `"${escaped}"`;
}

function unit(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export function write(json: Json): string {
  switch (json.kind) {
    case Kind.Nothing:
      return 'null';
    case Kind.Flag:
    case Kind.Amount:
      return String(json.value);
    case Kind.Text:
      return quoted(json.value);
    case Kind.List:
      return `[${json.items.map(write).join(',')}]`;
    case Kind.Table: {
      const entries = [...json.entries].sort(([a], [b]) => (a < b ? -1 : 1));
      return `{${entries.map(([key, value]) => `${quoted(key)}:${write(value)}`).join(',')}}`;
    }
    default:
      return json satisfies never;
  }
}
