// What a program writes, as it comes: colours, and lines that are written over.
import { Ansi } from "./ansi.js";

export class Output {
  /** In one element, which scrolls along unless it was scrolled back. */
  constructor(element) {
    this.element = element;
    this.clear();
  }

  clear() {
    this.element.replaceChildren();
    this.queue = [];
    this.streams = {};
    this.last = null; // the text node that is written to, and its look
    this.lineStart = null; // what was written to when the line began, and how much of it is before
    this.isWrittenOver = false;
  }

  /** Text of "stdout" or "stderr"; shown with the next frame, with all that has come by then. */
  write(name, text) {
    if (!this.queue.length) requestAnimationFrame(() => this.flush());
    this.queue.push([name, text]);
  }

  /** Show all that has come. */
  flush() {
    if (!this.queue.length) return;
    const { element } = this;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
    for (const [name, text] of this.queue.splice(0)) {
      for (const { text: styled, look } of (this.streams[name] ??= new Ansi()).read(text)) this.#put(name, styled, look);
    }
    if (isAtEnd) element.scrollTop = element.scrollHeight;
  }

  /** A line of ours, between those of the program. */
  note(text) {
    this.flush();
    const look = { className: "stage", color: "", background: "", key: "stage" };
    const isWithin = this.last && !this.last.text.data.endsWith("\n");
    this.#append("stdout", `${isWithin ? "\n" : ""}${text}\n`, look);
  }

  #put(name, text, look) {
    for (const part of text.split(/(\r+\n?)/)) {
      if (/^\r+$/.test(part)) {
        this.isWrittenOver = true;
      } else if (part) {
        this.#append(name, part.endsWith("\n") && part.startsWith("\r") ? "\n" : part, look);
      }
    }
  }

  #append(name, text, look) {
    if (this.isWrittenOver && !text.startsWith("\n")) this.#clearLine();
    this.isWrittenOver = false;
    const key = `${name}/${look.key}`;
    if (this.last?.key !== key) this.last = { key, text: this.#node(name, look) };
    const before = this.last.text.length;
    this.last.text.appendData(text);
    const end = text.lastIndexOf("\n");
    if (end >= 0) this.lineStart = { last: this.last, length: before + end + 1 };
  }

  #clearLine() {
    if (!this.lineStart) {
      this.element.replaceChildren();
      this.last = null;
      return;
    }
    const { last, length } = this.lineStart;
    while (!this.element.lastChild.contains(last.text)) this.element.lastChild.remove();
    last.text.deleteData(length, last.text.length - length);
    this.last = last;
  }

  #node(name, { color, background, className }) {
    const text = document.createTextNode("");
    const isPlain = !color && !background && !className;
    if (isPlain && name === "stdout") {
      this.element.append(text);
      return text;
    }
    const span = document.createElement("span");
    span.className = isPlain ? name : className;
    span.style.color = color;
    span.style.backgroundColor = background;
    span.append(text);
    this.element.append(span);
    return text;
  }
}
