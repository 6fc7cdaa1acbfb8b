/*
 * What draws a plot in the notebook's page. These methods are sent there as text: they may use nothing from
 * outside of themselves but each other, and declare no functions with names.
 */

export interface Picture {
  readonly data: unknown;
  readonly layout: Readonly<Record<string, unknown>>;
}

interface Element {
  readonly id: string;
  readonly clientWidth: number;
  textContent: string;
  appendChild(node: unknown): void;
}

interface Observer {
  observe(target: unknown, options?: object): void;
  disconnect(): void;
}

interface Page {
  readonly document: {
    readonly head: Element;
    readonly body: Element;
    readonly currentScript: { readonly previousElementSibling: Element | null } | null;
    getElementById(id: string): Element | null;
    createElement(name: string): Element;
  };
  readonly ResizeObserver: new (callback: () => void) => Observer;
  readonly MutationObserver: new (callback: () => void) => Observer;
  getComputedStyle(element: unknown): { readonly color: string };
  requestAnimationFrame(callback: () => void): void;
  matchMedia(query: string): { addEventListener(type: string, callback: () => void): void };
  Plotly?: {
    newPlot(element: unknown, data: unknown, layout: object, config: object): Promise<unknown>;
    relayout(element: unknown, changes: object): void;
    readonly Plots: { resize(element: unknown): void };
  };
  edgelabPlotly?: SharedLibrary;
}

/** One for all plots of the page, made by whichever comes first: output can appear in any order. */
interface SharedLibrary {
  isUnpacking: boolean;
  readonly ready: Promise<void>;
  /** Holds one function, which says that it is there. */
  readonly tell: readonly (() => void)[];
}

export const pageMethods = {
  async draw(id: string, picture: Picture, library: string, hint: string): Promise<void> {
    const page = globalThis as unknown as Page;
    // Known only until the first await. A second view of the same output has the same id.
    const before = page.document.currentScript?.previousElementSibling;
    const shared = this.shared(page);
    if (page.Plotly) shared.tell[0]?.();
    else if (library !== "" && !shared.isUnpacking) {
      shared.isUnpacking = true;
      // What other plots wait for too goes on even if this one is gone.
      void this.unpack(page, library).then(shared.tell[0], () => {});
    }
    const target = before?.id === id ? before : await this.find(page, id);
    if (!target) return;
    const waited = setTimeout(() => {
      const line = page.document.createElement("p");
      line.textContent = hint;
      target.appendChild(line);
    }, 5000);
    await shared.ready;
    clearTimeout(waited);
    await this.visible(page, target);
    await this.show(page, target, picture);
  },

  shared(page: Page): SharedLibrary {
    if (!page.edgelabPlotly) {
      const tell: (() => void)[] = [];
      const ready = new Promise<void>((resolve) => {
        tell.push(resolve);
      });
      page.edgelabPlotly = { isUnpacking: false, ready, tell };
    }
    return page.edgelabPlotly;
  },

  async unpack(page: Page, library: string): Promise<void> {
    const bytes = Uint8Array.from(atob(library), (character) => character.charCodeAt(0));
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const element = page.document.createElement("script");
    // A page with an AMD loader must not get it to swallow the library.
    element.textContent = `(function (define, module, exports) {${await new Response(unpacked).text()}\n})();`;
    page.document.head.appendChild(element);
  },

  /** Some pages run scripts a little before what stands beside them is there. */
  async find(page: Page, id: string): Promise<Element | null> {
    for (let tries = 0; tries < 50; tries++) {
      const element = page.document.getElementById(id);
      if (element) return element;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return null;
  },

  /** In a tab that is hidden nothing has a size, and a plot would get a wrong one. */
  async visible(page: Page, target: Element): Promise<void> {
    await new Promise<void>((resolve) => {
      const watch = new page.ResizeObserver(() => {
        if (target.clientWidth === 0) return;
        watch.disconnect();
        resolve();
      });
      watch.observe(target);
    });
  },

  async show(page: Page, target: Element, { data, layout }: Picture): Promise<void> {
    const { Plotly } = page;
    if (!Plotly) return;
    target.textContent = "";
    const font = { family: "system-ui, sans-serif", color: page.getComputedStyle(target).color };
    const config = { displayModeBar: false };
    await Plotly.newPlot(target, data, { ...layout, font }, config);
    const drawn = { color: font.color, width: target.clientWidth };
    new page.ResizeObserver(() => this.adapt(page, target, drawn)).observe(target);
    // JupyterLab hides all of itself while it changes its theme: the next frame shows it again.
    new page.MutationObserver(() =>
      page.requestAnimationFrame(() => this.adapt(page, target, drawn)),
    ).observe(page.document.body, {
      attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"],
    });
    const dark = page.matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => this.adapt(page, target, drawn));
  },

  /** After a theme or a size has changed. */
  adapt(page: Page, target: Element, drawn: { color: string; width: number }): void {
    const { clientWidth: width } = target;
    const { color } = page.getComputedStyle(target);
    if (width === 0) return;
    if (color !== drawn.color) page.Plotly?.relayout(target, { "font.color": color });
    if (width !== drawn.width) page.Plotly?.Plots.resize(target);
    Object.assign(drawn, { color, width });
  },
};
