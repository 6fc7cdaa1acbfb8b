import type { PlotOptions } from "./plot.js";
import { plotFigure } from "./plot-figure.js";
import { escapeHtml, styles } from "./theme.js";

/**
 * The plot as a piece of HTML. `library` is plotly.js (gzip, base64), or empty where an earlier plot of this
 * session has brought it. The alternative text stays until the picture is drawn.
 */
export function plotHtml(options: PlotOptions, library: string): string {
  const id = `edgelab-${crypto.randomUUID()}`;
  return `${styles}<div id="${id}" class="edgelab edgelab-plot" role="img" aria-label="${escapeHtml(options.alt)}">
<p><strong>${escapeHtml(options.title)}</strong><br>${escapeHtml(options.alt)}</p></div>
<script>(${draw.toString()})(${script(id)}, ${script(plotFigure(options))}, ${script(library)});</script>`;
}

/** JSON inside of a script element: "<" must not begin a tag there. */
function script(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}

interface Page {
  readonly document: {
    getElementById(id: string): { textContent: string } | null;
    readonly head: { appendChild(node: unknown): void };
    createElement(name: string): { textContent: string };
  };
  getComputedStyle(element: unknown): { readonly color: string };
  Plotly?: { newPlot(element: unknown, data: unknown, layout: object, config: object): void };
  edgelabPlotly?: Promise<void>;
}

/** Runs in the page, as text: it may use nothing from outside of itself. */
async function draw(id: string, figure: { data: unknown; layout: object }, library: string): Promise<void> {
  const page = globalThis as unknown as Page;
  if (library !== "" && !page.Plotly && !page.edgelabPlotly) {
    page.edgelabPlotly = (async () => {
      const bytes = Uint8Array.from(atob(library), (character) => character.charCodeAt(0));
      const text = new Response(
        new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")),
      ).text();
      const element = page.document.createElement("script");
      // A page with an AMD loader must not get it to swallow the library.
      element.textContent = `(function (define, module, exports) {${await text}\n})();`;
      page.document.head.appendChild(element);
    })();
  }
  await page.edgelabPlotly;
  const target = page.document.getElementById(id);
  if (!target || !page.Plotly) return;
  target.textContent = "";
  const layout = {
    ...figure.layout,
    font: { family: "system-ui, sans-serif", color: page.getComputedStyle(target).color },
  };
  page.Plotly.newPlot(target, figure.data, layout, { displayModeBar: false, responsive: true });
}
