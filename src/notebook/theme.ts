const light =
  "--surface:#f5f6f8;--text:#1a2027;--muted:#566270;--pass:#00734f;--fail:#a83f00;--unsure:#6d4fa3;--line:#d5dae0";
const dark =
  "--surface:#1b2128;--text:#e7eaee;--muted:#a3aebb;--pass:#3fcf9f;--fail:#ff9a5c;--unsure:#c3a9f0;--line:#37414c";

/**
 * Styles of everything that edgelab shows under a cell. The reader's system chooses light or dark, unless
 * JupyterLab or VS Code has been set to one of them. JupyterLab puts the text of all cells of tables at the right by
 * a rule of two classes, so two name what stands at the left here.
 */
export const styles = `<style>
.edgelab{${light};color:var(--text);font:14px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums;max-width:72ch}
@media (prefers-color-scheme:dark){.edgelab{${dark}}}
[data-jp-theme-light="true"] .edgelab,.vscode-light .edgelab{${light}}
[data-jp-theme-light="false"] .edgelab,.vscode-dark .edgelab{${dark}}
.edgelab-check{background:var(--surface);border:1px solid var(--line);border-radius:6px;padding:12px 16px}
.edgelab-check p{margin:0}
.edgelab-check ul{list-style:none;margin:8px 0;padding:0}
.edgelab-check li{display:grid;grid-template-columns:20px 1fr auto;column-gap:8px;padding:4px 0}
.edgelab-check .more{grid-column:2;color:var(--muted);overflow-wrap:anywhere}
.edgelab-check .pass{color:var(--pass)}
.edgelab-check .fail{color:var(--fail)}
.edgelab-check .cannot-judge{color:var(--unsure)}
.edgelab-check .muted{color:var(--muted)}
.edgelab-receipt dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px;margin:8px 0}
.edgelab-receipt dl>*{float:none;width:auto;margin:0;overflow-wrap:anywhere}
.edgelab-receipt dt{white-space:nowrap;font-weight:normal}
.edgelab.edgelab-table{max-width:100ch}
.edgelab-table table{border-collapse:collapse;margin:8px 0}
.edgelab-table caption{text-align:left;font-weight:600;padding:4px 0}
.edgelab.edgelab-table th,.edgelab.edgelab-table td{text-align:left;padding:4px 12px;border-bottom:1px solid var(--line)}
.edgelab.edgelab-table .number{text-align:right}
.edgelab-table .marked td{font-weight:600;background:var(--surface)}
.edgelab-table .muted{color:var(--muted)}
.edgelab-table details{overflow-x:auto}
.edgelab-plot{max-width:720px}
</style>`;

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
