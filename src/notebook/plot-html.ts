import { type Picture, pageMethods } from "./plot-page.js";
import { escapeHtml, styles } from "./theme.js";

/** A picture with what is said in its place until it is drawn, and wherever it can't be. */
export interface Drawing extends Picture {
  readonly title: string;
  readonly alt: string;
}

export interface Library {
  /** plotly.js (gzip, base64), or empty where another plot of the notebook brings it. */
  readonly source: string;
  /** The title of the plot that brings it. */
  readonly carrier: string;
}

/** The plot as a piece of HTML. Its title and alternative text stay until the picture is drawn. */
export function plotHtml({ title, alt, data, layout }: Drawing, { source, carrier }: Library): string {
  const id = `edgelab-${crypto.randomUUID()}`;
  const hint =
    source === ""
      ? `The picture is not drawn yet: what draws it came with the plot “${carrier}”. Run the cell of that plot again.`
      : "The picture can't be drawn: this browser may be too old.";
  const values = [id, { data, layout }, source, hint].map(script).join(", ");
  const methods = Object.values(pageMethods).join(",\n");
  return `${styles}<div id="${id}" class="edgelab edgelab-plot" role="img" aria-label="${escapeHtml(alt)}">
<p><strong>${escapeHtml(title)}</strong><br>${escapeHtml(alt)}</p></div>
<script>({${methods}}).draw(${values});</script>`;
}

/** JSON inside of a script element: "<" must not begin a tag there. */
function script(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}
