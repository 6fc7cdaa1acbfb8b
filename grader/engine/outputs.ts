import type { CellOutput } from "./messages.js";

const maxCharacters = 1_000_000;
const maxOutputs = 5_000;
const cut = "\n… output cut: more than a million characters, or 5,000 pieces\n";

/** What a cell wrote, in order: neighbouring writes to one stream are one output, an update replaces. */
export class OutputCollector {
  #outputs: CellOutput[] = [];
  #left = maxCharacters;

  write(name: "stdout" | "stderr", text: string): void {
    if (this.#left <= 0 || text === "") return;
    const kept = text.length > this.#left ? text.slice(0, this.#left) + cut : text;
    this.#left -= text.length;
    const last = this.#outputs.at(-1);
    if (last?.type === "stream" && last.name === name) {
      this.#outputs[this.#outputs.length - 1] = { type: "stream", name, text: last.text + kept };
    } else {
      this.#push({ type: "stream", name, text: kept });
    }
  }

  display(data: Readonly<Record<string, string>>, id: string | undefined, update: boolean): void {
    this.#left -= Object.values(data).reduce((sum, value) => sum + value.length, 0);
    if (this.#left <= 0) return;
    const output: CellOutput = id === undefined ? { type: "display", data } : { type: "display", data, id };
    const shown = update ? this.#outputs.findIndex((o) => o.type === "display" && o.id === id) : -1;
    if (shown >= 0) this.#outputs[shown] = output;
    else this.#push(output);
  }

  #push(output: CellOutput): void {
    this.#outputs.push(output);
    if (this.#outputs.length < maxOutputs) return;
    this.#left = 0;
    this.#outputs.push({ type: "stream", name: "stderr", text: cut });
  }

  /** Hands over what was collected, and starts again. */
  take(): readonly CellOutput[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    this.#left = maxCharacters;
    return outputs;
  }
}
