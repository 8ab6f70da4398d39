'use strict';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const WORD = /\p{L}[\p{L}\p{M}\p{N}]*/gu;

function describe(text) {
  const points = [...text];
  const clusters = [...segmenter.segment(text)].length;
  const astral = points.filter((point) => point.codePointAt(0) > 0xffff).length;
  return `${Buffer.byteLength(text)}B ${text.length}u ${points.length}cp ${clusters}g ${astral}a ` +
    `nfd=${text.normalize('NFD').length} nfkc=${text.normalize('NFKC').length}`;
}

function* words(text) {
  for (const [word] of text.matchAll(WORD)) yield word.normalize('NFC').toLowerCase();
}

class Vocabulary {
  #counts = new Map();

  add(text) {
    for (const word of words(text)) this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
  }

  get size() {
    return this.#counts.size;
  }

  *[Symbol.iterator]() {
    const byCount = ([a, m], [b, n]) => n - m || (a < b ? -1 : 1);
    for (const [word, count] of [...this.#counts].sort(byCount)) yield `${word}×${count}`;
  }
}

function capitalised(text) {
  return text.replace(WORD, (word) => {
    const [first, ...rest] = word;
    return first.toUpperCase() + rest.join('');
  });
}

module.exports = { Vocabulary, capitalised, describe, words };
