// One execution, over the WebSocket of the service.

// Of a first message whose key is in it, as a browser's has to be, no more is taken.
const MAX_START = 1_000_000;
const PIECE = 100_000; // characters of input in one later message

export class Execution {
  /**
   * Begin it. `request` is the first message without its type; `on` has a function for each type of message
   * (stage, stdout, stderr, exit, result, error) and `ended`, which is called once, before what is the last of them.
   */
  constructor(request, on) {
    const url = new URL("v1/execute/stream", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.hash = "";
    this.isOver = false;
    this.socket = new WebSocket(url);
    this.socket.onopen = () => this.#begin(request);
    this.socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "result" || message.type === "error") this.#end(on, message);
      else on[message.type]?.(message);
    };
    this.socket.onclose = () => {
      const message = this.isStopped ? "stopped" : "the connection to the service was lost";
      this.#end(on, { type: "error", error: { code: "connection", message } });
    };
  }

  #begin(request) {
    if (!isTooLarge(request)) return this.#say({ type: "execute", ...request });
    const { stdin, interactive, ...rest } = request;
    this.#say({ type: "execute", ...rest, interactive: true });
    // Not through the middle of a character.
    for (const piece of stdin.match(new RegExp(`[^]{1,${PIECE}}`, "gu"))) this.stdin(piece);
    if (!interactive) this.end();
  }

  #end(on, message) {
    if (this.isOver) return;
    this.isOver = true;
    on.ended();
    on[message.type](message);
  }

  stdin(data) {
    this.#say({ type: "stdin", data });
  }

  end() {
    this.#say({ type: "eof" });
  }

  signal(signal) {
    this.#say({ type: "signal", signal });
  }

  /** Who leaves stops the program. */
  stop() {
    this.isStopped = true;
    this.socket.close();
  }

  #say(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}

/** Whether a request is more than a first message may be; its input can come later. */
export function isTooLarge(request) {
  return new TextEncoder().encode(JSON.stringify(request)).length > MAX_START;
}
