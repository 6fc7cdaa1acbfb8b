import type { RunningCell } from "./running-cell.js";

/**
 * Says which plot brings plotly.js into the page. It is large, so that it goes into a notebook once: with the
 * first plot, and again whenever the cell of that plot is run again, since that replaces what it had shown.
 */
export class LibraryCarrier {
  #cell: RunningCell | undefined;
  #title = "";

  /** Of the plot that brought it, so that a reader can be told which cell to run; empty where none has. */
  get title(): string {
    return this.#title;
  }

  isCarriedBy(cell: RunningCell): boolean {
    if (this.#cell === undefined) return true;
    if (cell.execution === this.#cell.execution) return false; // An earlier plot of this very run has it.
    return cell.key === undefined || cell.key === this.#cell.key;
  }

  wasShownBy(cell: RunningCell, title: string): void {
    this.#cell = cell;
    this.#title = title;
  }
}
