// Arguments on one line, as a shell takes them apart: words, quotes, backslashes.

const WORD = /(?:\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"|[^\s'"\\])+/gy;
const PART = /\\([^])|'([^']*)'|"((?:\\[^]|[^"\\])*)"|([^\s'"\\]+)/g;

/** The words of a line; an error that says what is wrong with it. */
export function splitWords(line) {
  const words = [];
  let rest = line.trim();
  while (rest) {
    WORD.lastIndex = 0;
    const word = WORD.exec(rest)?.[0];
    const after = word ? rest.slice(word.length) : rest;
    if (!word || /^\S/.test(after)) throw new Error(`the arguments have a quote that is not closed: ${after}`);
    words.push(word.replace(PART, (_, escaped, single, double, plain) => escaped ?? single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? plain));
    rest = after.trim();
  }
  return words;
}
