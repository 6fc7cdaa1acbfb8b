import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { NotebookPage } from "./notebook-page.js";

/** Pictures in both themes, for people: in the folder that `EDGELAB_SCREENSHOTS` names, where it names one. */
export async function photograph(notebook: NotebookPage, name: string, cell: string): Promise<void> {
  const folder = process.env.EDGELAB_SCREENSHOTS;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  for (const theme of ["Dark", "Light"] as const) {
    await notebook.setTheme(theme);
    await notebook.cell(cell).scrollIntoViewIfNeeded();
    await notebook.page.screenshot({ path: join(folder, `${name}-${theme.toLowerCase()}.png`) });
  }
}
