/*
 * What grading costs, beside what Jupyter takes to execute the same cells, in one run:
 *
 *   npm run bench:grading -- [--count 200] [--jupyter 200] [--jobs 2] [--lab NAME-OR-PATH]
 *                            [--isolation auto] [--seed bench]
 *
 * The lab is by default a copy of lab 1 that does not change, so that figures of different days compare.
 * Prints a report, and leaves nothing behind.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findLab } from "../grader/authoring/find-lab.js";
import { loadLab } from "../grader/authoring/load-lab.js";
import { findJupyter } from "../grader/peers/jupyter.js";
import { type Cost, raceGrader, raceJupyter } from "./peers.js";
import { writeSubmissions } from "./submissions.js";

const frozenLab = join(import.meta.dirname, "fixtures", "01-quantization");

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "200" },
    jupyter: { type: "string" },
    jobs: { type: "string", default: "2" },
    lab: { type: "string", default: frozenLab },
    isolation: { type: "string", default: "auto" },
    seed: { type: "string", default: "bench" },
  },
});

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} must be a whole number, got ${text}`);
  return value;
}

const count = whole("count", values.count);
const withJupyter = Math.min(count, whole("jupyter", values.jupyter ?? values.count));
const jobs = whole("jobs", values.jobs);

const perMinute = (notebooks: number, seconds: number): string => ((60 * notebooks) / seconds).toFixed(1);
const mebibytes = (bytes: number): string => (bytes / 1024 ** 2).toFixed(0);

function row(label: string, value: (cost: Cost) => string, costs: readonly Cost[]): string {
  return `${label.padEnd(38)}${costs.map((cost) => value(cost).padStart(14)).join("")}`;
}

function table(costs: readonly Cost[]): string {
  return [
    `${"".padEnd(38)}${["grader run", "nbconvert"]
      .slice(0, costs.length)
      .map((head) => head.padStart(14))
      .join("")}`,
    row("notebooks", ({ notebooks }) => String(notebooks), costs),
    row("of them warm", ({ warm }) => String(warm.notebooks), costs),
    row("notebooks a minute, start included", (c) => perMinute(c.notebooks, c.wallSeconds), costs),
    row("notebooks a minute, warm", ({ warm }) => perMinute(warm.notebooks, warm.wallSeconds), costs),
    row("CPU s a notebook, start included", (c) => (c.cpuSeconds / c.notebooks).toFixed(3), costs),
    row("CPU s a notebook, warm", ({ warm }) => (warm.cpuSeconds / warm.notebooks).toFixed(3), costs),
    row("peak memory, MiB (sum of PSS)", ({ peakBytes }) => mebibytes(peakBytes), costs),
  ].join("\n");
}

function ratio([grader, jupyter]: readonly Cost[]): string {
  if (!grader || !jupyter) return "";
  const cpu = (cost: Cost) => cost.warm.cpuSeconds / cost.warm.notebooks;
  const rate = (cost: Cost) => cost.warm.notebooks / cost.warm.wallSeconds;
  const times = (value: number) => value.toFixed(1);
  return `warm, the grader takes 1/${times(cpu(jupyter) / cpu(grader))} of the CPU time and grades ${times(rate(grader) / rate(jupyter))} times as many a minute`;
}

async function main(): Promise<void> {
  const lab = await loadLab(findLab(values.lab));
  const folder = await mkdtemp(join(tmpdir(), "edgelab-bench-"));
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
  try {
    const submissions = await writeSubmissions(lab, join(folder, "submissions"), count, values.seed);
    const warmUp = Math.min(20, Math.floor(count / 4));
    const grader = await raceGrader(lab, folder, {
      jobs,
      warmUp,
      isolation: values.isolation,
      signal: stop.signal,
    });
    const costs: Cost[] = [grader];
    const jupyter = findJupyter();
    if (withJupyter > 0 && !("missing" in jupyter)) {
      const there = join(folder, "jupyter");
      await mkdir(there);
      const race = { jobs, warmUp: Math.min(jobs, withJupyter - 1), jupyter, signal: stop.signal };
      costs.push(await raceJupyter(lab, submissions.slice(0, withJupyter), there, race));
    }
    const processor = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown processor"}`;
    console.log(
      `${lab.manifest.id}, ${lab.source.questions.length} questions; --jobs ${jobs}; ${grader.isolation}`,
    );
    console.log(`${processor}; Node ${process.versions.node}; CPU time: ${grader.cpuSource}\n`);
    console.log(`${table(costs)}\n`);
    if ("missing" in jupyter) console.log(`no Jupyter to compare with: ${jupyter.missing}`);
    else console.log(`${ratio(costs)}\n`);
    console.log("Both sides ran the same cells: Jupyter got no prose, no check and no cell to explore.");
    console.log("The grader also judged every answer with the hidden tests; Jupyter only executed.");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
