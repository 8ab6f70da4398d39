'use strict';

class CalcError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = 'CalcError';
  }
}

const POWERS = new Map([['+', 1], ['-', 1], ['*', 2], ['/', 2], ['%', 2]]);
const OPERATIONS = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

function tokenize(source) {
  const pattern = /\s*(?:(\d+)|([-+*/%()])|(\S))/gy;
  return Array.from(source.trimEnd().matchAll(pattern), ([, number, sign, bad]) => {
    if (bad) throw new CalcError(`bad character ${bad}`);
    return number ?? sign;
  });
}

/** A Pratt parser that emits code for the stack machine below. */
function compile(source) {
  const tokens = tokenize(source);
  const code = [];
  let at = 0;

  function primary() {
    const token = tokens[at++];
    if (/^\d/.test(token ?? '')) return code.push(BigInt(token));
    if (token !== '(') throw new CalcError(`unexpected ${token ?? 'end'}`);
    binary(0);
    if (tokens[at++] !== ')') throw new CalcError('missing )');
  }

  function binary(power) {
    primary();
    while ((POWERS.get(tokens[at]) ?? -1) > power) {
      const sign = tokens[at++];
      binary(POWERS.get(sign));
      code.push(sign);
    }
  }

  binary(0);
  if (at < tokens.length) throw new CalcError(`left over ${tokens[at]}`);
  return code;
}

function execute(code) {
  const stack = [];
  for (const step of code) {
    if (typeof step === 'bigint') {
      stack.push(step);
      continue;
    }
    const right = stack.pop();
    stack.push(OPERATIONS[step](stack.pop(), right));
  }
  return stack[0];
}

function calculate(source) {
  try {
    const code = compile(source);
    return `${execute(code)} in ${code.length} steps`;
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}

function factorial(number) {
  let product = 1n;
  for (let factor = 2n; factor <= number; factor++) product *= factor;
  return product;
}

module.exports = { CalcError, calculate, compile, execute, factorial };
