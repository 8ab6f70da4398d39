// The files of a program, one of which is in the editor.

export class Files {
  /** Their names in `element`, their text in `editor`. */
  constructor(element, editor) {
    Object.assign(this, { element, editor, files: [], current: 0 });
  }

  /** Other files: [{name, content}], the first of which is the program. */
  load(files, language) {
    this.language = language;
    this.files = files.map(({ name, content }) => ({ name, state: this.editor.state(content, language) }));
    this.#show(0);
  }

  /** All as they are now. */
  contents() {
    this.#keep();
    return this.files.map(({ name, state }) => ({ name, content: state.doc.toString() }));
  }

  #keep() {
    if (this.files[this.current]) this.files[this.current].state = this.editor.shown;
  }

  #show(index) {
    this.current = index;
    this.editor.show(this.files[index].state);
    this.#draw();
  }

  #open(index) {
    this.#keep();
    this.#show(index);
    this.editor.focus();
  }

  #add() {
    const name = this.#ask("Name of the new file", "");
    if (!name) return;
    this.#keep();
    this.files.push({ name, state: this.editor.state("", this.language) });
    this.#show(this.files.length - 1);
    this.#changed();
  }

  #rename() {
    const name = this.#ask("Name of the file", this.files[this.current].name);
    if (!name) return;
    this.files[this.current].name = name;
    this.#draw();
    this.#changed();
  }

  #remove() {
    if (!confirm(`Remove ${this.files[this.current].name} and what is in it?`)) return;
    this.files.splice(this.current, 1);
    this.#show(Math.max(0, this.current - 1));
    this.#changed();
  }

  #changed() {
    this.editor.focus();
    this.editor.onChange();
  }

  #ask(question, before) {
    const name = prompt(question, before)?.trim();
    const isTaken = name && name !== before && this.files.some((file) => file.name === name);
    if (isTaken) alert(`There is a file ${name} already.`);
    return isTaken ? "" : name;
  }

  #draw() {
    const tabs = this.files.map((file, index) => {
      const tab = button(file.name, index === this.current ? "Rename" : "Open", () =>
        index === this.current ? this.#rename() : this.#open(index),
      );
      tab.setAttribute("aria-current", String(index === this.current));
      return tab;
    });
    const remove = this.files.length > 1 ? [button("Remove", "Remove this file", () => this.#remove())] : [];
    this.element.replaceChildren(...tabs, button("+ File", "Add a file", () => this.#add()), ...remove);
  }
}

function button(text, title, onClick) {
  const made = document.createElement("button");
  Object.assign(made, { textContent: text, title, onclick: onClick, type: "button" });
  return made;
}
