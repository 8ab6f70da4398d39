// A program as a link: all of it is behind the #, which no server is told.

// Unpacked, a link may be a thousand times as large as it looks.
const MAX_BYTES = 16 << 20;

async function through(bytes, stream) {
  const chunks = [];
  let size = 0;
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  for (let part; !(part = await reader.read()).done; chunks.push(part.value)) {
    size += part.value.length;
    if (size > MAX_BYTES) throw new Error("too large");
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** Of a workspace: {language, version, files: [{name, content}], stdin, args}. */
export async function toHash(workspace) {
  const json = new TextEncoder().encode(JSON.stringify(workspace));
  const packed = await through(json, new CompressionStream("deflate-raw"));
  const binary = Array.from(packed, (byte) => String.fromCharCode(byte)).join("");
  return "#" + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The workspace of a link; null for one that has none. */
export async function fromHash(hash) {
  if (hash.length < 2) return null;
  try {
    const binary = atob(hash.slice(1).replaceAll("-", "+").replaceAll("_", "/"));
    const packed = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return asWorkspace(JSON.parse(new TextDecoder().decode(await through(packed, new DecompressionStream("deflate-raw")))));
  } catch {
    return null;
  }
}

/** The same, without all that does not belong there; null for what is none. */
export function asWorkspace(value) {
  const { language, version, files, stdin, args } = value ?? {};
  const isRight =
    [language, version, stdin, args].every((field) => typeof field === "string") &&
    Array.isArray(files) &&
    files.length > 0 &&
    files.every((file) => typeof file?.name === "string" && typeof file.content === "string");
  return isRight ? { language, version, files, stdin, args } : null;
}
