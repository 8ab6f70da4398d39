export namespace Modular {
  export const PRIME = 1_000_000_007n;

  export const add = (a: bigint, b: bigint): bigint => (a + b) % PRIME;
  export const multiply = (a: bigint, b: bigint): bigint => (a * b) % PRIME;
}

type Row = readonly bigint[];

export class Matrix {
  constructor(private readonly rows: readonly Row[]) {}

  static identity(size: number): Matrix {
    return Matrix.of(size, (row, column) => (row === column ? 1n : 0n));
  }

  static of(size: number, cell: (row: number, column: number) => bigint): Matrix {
    const indices = Array.from({ length: size }, (_, index) => index);
    return new Matrix(indices.map((row) => indices.map((column) => cell(row, column))));
  }

  get size(): number {
    return this.rows.length;
  }

  at(row: number, column: number): bigint {
    const cell = this.rows[row]?.[column];
    if (cell === undefined) throw new RangeError(`no cell ${row},${column} in ${this.size}×${this.size}`);
    return cell;
  }

  times(other: Matrix): Matrix {
    return Matrix.of(this.size, (row, column) => {
      let sum = 0n;
      for (let k = 0; k < this.size; k++) sum = Modular.add(sum, Modular.multiply(this.at(row, k), other.at(k, column)));
      return sum;
    });
  }

  power(exponent: number): Matrix {
    if (exponent === 0) return Matrix.identity(this.size);
    const half = this.times(this).power(Math.floor(exponent / 2));
    return exponent % 2 ? half.times(this) : half;
  }
}
