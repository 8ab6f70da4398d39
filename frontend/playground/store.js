// What the browser keeps; where it does not let us, it lasts as long as the page.

const kept = new Map();

/** What was set by this name, by this page or an earlier one; null for nothing. */
export function get(name) {
  try {
    return kept.get(name) ?? localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function set(name, value) {
  kept.set(name, value);
  try {
    localStorage.setItem(name, value);
  } catch {
    // No room, or not allowed.
  }
}
