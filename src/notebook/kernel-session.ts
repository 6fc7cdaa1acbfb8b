/** What the tslab kernel offers to the code of cells. */
export interface KernelSession {
  /** The notebook's top-level names, as the last run of their cells left them. */
  readonly names: Readonly<Record<string, unknown>>;
  /** Whether there is a kernel that could show rich results. */
  readonly canShow: boolean;
  /** Shows a rich result under the cell; false where that is not possible now. */
  showHtml(html: string): boolean;
  /** A line under the cell that each call draws anew; nothing where that is not possible now. */
  newLine(): ((text: string) => void) | undefined;
}

/** tslab passes its state to cells through this global; outside of a kernel there is none. */
interface Tslab {
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly require?: (id: string) => unknown;
}

interface Shown {
  readonly display: { html(text: string): void };
  newDisplay(): { text(text: string): void };
}

export function kernelSession(): KernelSession {
  const { __tslab__: tslab } = globalThis as { __tslab__?: Tslab };
  return {
    names: tslab?.exports ?? {},
    canShow: tslab?.require !== undefined,
    showHtml: (html) => {
      try {
        const module = tslab?.require?.("tslab") as Shown | undefined;
        module?.display.html(html);
        return module !== undefined;
      } catch {
        // No kernel, or no cell is running: the caller prints text instead.
        return false;
      }
    },
    newLine: () => {
      try {
        const line = (tslab?.require?.("tslab") as Shown | undefined)?.newDisplay();
        return line && ((text) => line.text(text));
      } catch {
        return undefined;
      }
    },
  };
}
