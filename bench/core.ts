/*
 * What the library's hot loops cost, each beside what it is compared with, in one run:
 *
 *   npm run bench:core -- [--rounds 9] [--only elementwise|threshold|products|dynamic|training]
 *
 * Prints a report, and leaves nothing behind. Variants are timed by turns; figures are medians.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { dynamic, elementwise, products, threshold } from "./kernels.js";
import { type Figure, report } from "./report.js";
import { training } from "./training.js";

const sections: Readonly<Record<string, (rounds: number) => Promise<Figure[]>>> = {
  elementwise,
  threshold,
  products,
  dynamic,
  training,
};

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "9" }, only: { type: "string" } },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`--rounds must be 1 or more, got ${values.rounds}`);
const chosen = values.only === undefined ? Object.keys(sections) : [values.only];
const unknown = chosen.find((name) => !(name in sections));
if (unknown) throw new Error(`there is no section ${unknown}: use ${Object.keys(sections).join(", ")}`);

console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}; Node ${process.versions.node}; ${rounds} rounds`);
for (const name of chosen) {
  console.log(`\n${name}\n${report(await sections[name]!(rounds))}`);
}
