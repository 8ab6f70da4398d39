// The service, asked for what it does: one question at a time, and for how long an answer is waited for.

const TIMEOUT_MS = 8000;
const LOCKED_OUT = [401, 403];

/** The service does not say; `isLockedOut`: not to this key. */
export class Silence extends Error {
  constructor(message, isLockedOut = false) {
    super(message);
    this.isLockedOut = isLockedOut;
  }
}

/** What `GET /v1/admin/pool` says; a Silence when there is nothing. */
export async function ask(key) {
  let response;
  try {
    response = await fetch("v1/admin/pool", {
      headers: { Authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      cache: "no-store",
    });
  } catch {
    throw new Silence("the service does not answer");
  }
  let body = null;
  try {
    body = await response.json();
  } catch {
    // A proxy's page, perhaps.
  }
  if (response.ok && body) return body;
  const said = body?.error?.message ?? `HTTP status ${response.status}`;
  throw new Silence(said, LOCKED_OUT.includes(response.status));
}
