/**
 * Writes the log lines of one turn of the event loop in one piece: the end of a job and the start of the next one come
 * together. A warning or worse is written at once, with the lines before it. When the process ends by itself or by an
 * error, the lines that wait are written first. Only a kill can lose them, those of one turn.
 */
const CAN_WAIT = /^\{"level":"(?:info|debug|trace)"/;

const open = new Set<LineBatch>();
function flushAll(): void {
  for (const batch of open) batch.flush();
}

export class LineBatch {
  readonly #write: (text: string) => void;
  #waiting = "";

  /** @param write writes synchronously */
  constructor(write: (text: string) => void) {
    this.#write = write;
    if (open.size === 0) process.on("exit", flushAll);
    open.add(this);
  }

  /** @param line JSON that begins with the level @param text what is written of it */
  write(line: string, text = line): void {
    if (this.#waiting === "") setImmediate(() => this.flush());
    this.#waiting += text;
    if (!CAN_WAIT.test(line)) this.flush();
  }

  flush(): void {
    const text = this.#waiting;
    this.#waiting = "";
    if (text !== "") this.#write(text);
  }
}
