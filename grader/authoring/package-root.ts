import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { LabError } from "../../src/core/errors.js";

/** The folder that holds edgelab's package.json, whether this runs from its sources or from dist. */
export function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, "package.json"))) return folder;
  throw new LabError("NO_PACKAGE", `there is no package.json above ${start}`, "Install edgelab again.");
}
