// What the playground takes from npm, and nothing of its own.
export { autocompletion } from "@codemirror/autocomplete";
export { indentWithTab } from "@codemirror/commands";
export { cpp } from "@codemirror/lang-cpp";
export { go } from "@codemirror/lang-go";
export { java } from "@codemirror/lang-java";
export { javascript } from "@codemirror/lang-javascript";
export { python } from "@codemirror/lang-python";
export { rust } from "@codemirror/lang-rust";
export { HighlightStyle, StreamLanguage, indentUnit, syntaxHighlighting } from "@codemirror/language";
export { csharp } from "@codemirror/legacy-modes/mode/clike";
export { ruby } from "@codemirror/legacy-modes/mode/ruby";
export { shell } from "@codemirror/legacy-modes/mode/shell";
export { EditorState } from "@codemirror/state";
export { EditorView, keymap } from "@codemirror/view";
export { tags } from "@lezer/highlight";
export { basicSetup } from "codemirror";
