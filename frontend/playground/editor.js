// The editor: one view, a state for each file.
import {
  EditorState, EditorView, HighlightStyle, StreamLanguage, autocompletion, basicSetup, cpp, csharp, go,
  indentUnit, indentWithTab, java, javascript, keymap, python, ruby, rust, shell, syntaxHighlighting, tags,
} from "./vendor.js";

const LANGUAGES = {
  bash: () => StreamLanguage.define(shell),
  c: cpp,
  "c++": cpp,
  csharp: () => StreamLanguage.define(csharp),
  go,
  java,
  javascript: () => javascript(),
  python,
  "python-data": python,
  ruby: () => StreamLanguage.define(ruby),
  rust,
  typescript: () => javascript({ typescript: true }),
};
const INDENTS = { go: "\t", python: "    ", "python-data": "    ", rust: "    ", java: "    ", csharp: "    ", c: "    ", "c++": "    " };

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--literal)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--number)" },
  { tag: [tags.function(tags.variableName), tags.typeName, tags.className, tags.definition(tags.variableName)], color: "var(--name)" },
  { tag: [tags.comment, tags.meta], color: "var(--comment)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--back)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { font: "var(--mono)", overflow: "auto" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--back)", color: "var(--weak)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--raised)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selected)" },
  ".cm-panels, .cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--text)" },
});

/**
 * What is typed in place of a selection. Chromium would keep the look of what was selected, by inline styles, which
 * the page's policy forbids.
 */
function replaceSelection(event, view) {
  const { from, to, empty } = view.state.selection.main;
  if (event.inputType !== "insertText" || !event.data || empty || view.composing) return false;
  const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  const isHandled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, event.data, insert));
  if (!isHandled) view.dispatch(insert());
  event.preventDefault();
  return true;
}

export class Editor {
  /** Of one element; `onChange()` is called when something has been typed. */
  constructor(element, label, onChange) {
    // In a shadow root its styles are adopted, for which no policy has to be loosened.
    const root = element.attachShadow({ mode: "open" });
    this.label = label;
    this.onChange = onChange;
    this.view = new EditorView({ parent: root, root });
  }

  /** A file's state, with no history: text to begin with, in a language of the service. */
  state(text, language) {
    const mode = LANGUAGES[language];
    return EditorState.create({
      doc: text,
      extensions: [
        basicSetup,
        autocompletion({ activateOnTyping: false }),
        keymap.of([indentWithTab]),
        EditorView.domEventHandlers({ beforeinput: replaceSelection }),
        indentUnit.of(INDENTS[language] ?? "  "),
        mode ? mode() : [],
        syntaxHighlighting(colours),
        look,
        EditorView.contentAttributes.of({ "aria-label": this.label }),
        EditorView.updateListener.of((update) => update.docChanged && this.onChange()),
      ],
    });
  }

  show(state) {
    this.view.setState(state);
  }

  get shown() {
    return this.view.state;
  }

  focus() {
    this.view.focus();
  }
}
