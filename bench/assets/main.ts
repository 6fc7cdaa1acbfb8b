/*
 * Trains the models that come with the library, and records the learning curves that labs show:
 *
 *   npm run assets                          all of it
 *   npm run assets -- models pruning        some of it
 *
 * Everything is drawn from seeds: on one machine the same command writes the same bytes. Ctrl-C leaves the old
 * files in place.
 */
import { parseArgs } from "node:util";
import { recordDistillation } from "./distillation.js";
import { type AssetFile, writeAsset } from "./files.js";
import { trainModels } from "./models.js";
import { recordLotteryTickets, recordPruning } from "./pruning.js";
import { recordQuantization } from "./quantization.js";
import { type Run, startRun } from "./run.js";

/** In this order: the recordings start from the trained models. */
const targets: Readonly<Record<string, (run: Run) => Promise<readonly AssetFile[]>>> = {
  models: trainModels,
  "quantization-aware-training": recordQuantization,
  pruning: recordPruning,
  "lottery-tickets": recordLotteryTickets,
  distillation: recordDistillation,
};

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.filter((name) => !Object.hasOwn(targets, name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no ${unknown.join(", ")}. Name some of: ${Object.keys(targets).join(", ")}.\n`,
  );
  // The user's mistake, as everywhere in edgelab. Nothing is made, of the others neither.
  process.exitCode = 1;
}
const chosen = positionals.length > 0 ? positionals : Object.keys(targets);

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

try {
  for (const name of unknown.length > 0 ? [] : chosen) {
    const run = startRun(name, stop.signal);
    for (const file of await targets[name]!(run)) {
      writeAsset(file);
      run.say(`wrote ${file.path}, ${(file.text.length / 1024).toFixed(0)} KiB`);
    }
  }
} catch (error) {
  if (!stop.signal.aborted) throw error;
  process.stderr.write("\nStopped. Files that were not finished are as they were.\n");
  process.exitCode = 130;
}
