import { defaultLimits } from "../../../src/lab/manifest.js";
import { Engine } from "../engine.js";
import type { CellReport } from "../notebook-session.js";
import type { ConformanceNotebook } from "./cells.js";
import { type Answer, normalise } from "./normalise.js";
import { importedPackages } from "./record.js";

/** Says where the cells lived. Runs behind them, when it can change nothing; "process" may be redeclared. */
const whereCell = { id: "where", source: "console.log(require('node:process').cwd())" };

/** The engine's answers to each notebook's cells, as the recorder writes the kernel's. One engine runs them all. */
export async function engineAnswers(
  notebooks: readonly ConformanceNotebook[],
): Promise<ReadonlyMap<string, readonly Answer[]>> {
  const options = { packages: importedPackages, withheld: [], limits: defaultLimits };
  const engine = await Engine.open({ isolation: "auto", ...options });
  try {
    const answers = new Map<string, readonly Answer[]>();
    for (const notebook of notebooks) answers.set(notebook.name, await run(engine, notebook));
    return answers;
  } finally {
    await engine.close();
  }
}

async function run(engine: Engine, { cells }: ConformanceNotebook): Promise<readonly Answer[]> {
  const sources = cells.map(([name, source]) => ({ id: name, source }));
  const session = engine.session([...sources, whereCell], { keepOutputs: true });
  const answers = answersOf(await session.start());
  await session.close();
  const folder = answers.at(-1)?.stdout.trim() ?? "";
  return answers.slice(0, -1).map((answer) => normalise(answer, folder));
}

type Display = { data: Readonly<Record<string, string>> };

/** Streams joined by name, and displays as a notebook shows them: an update changes what stands there. */
export function answersOf(reports: readonly Pick<CellReport, "status" | "outputs">[]): readonly Answer[] {
  const byId = new Map<string, Display>();
  const place = (data: Display["data"], id: string | undefined): Display | undefined => {
    const shown = id === undefined ? undefined : byId.get(id);
    if (shown) {
      shown.data = data;
      return undefined;
    }
    const display = { data };
    if (id !== undefined) byId.set(id, display);
    return display;
  };
  const answers = reports.map(({ status, outputs }) => {
    const displays: Display[] = [];
    const streams = { stdout: "", stderr: "" };
    for (const output of outputs) {
      if (output.type === "stream") streams[output.name] += output.text;
      else displays.push(...[place(output.data, output.id)].filter((display) => display !== undefined));
    }
    return { status: status === "ran" ? "ok" : "error", ...streams, displays };
  });
  // Only now, when later cells have updated what earlier ones show.
  return answers.map((answer) => ({ ...answer, displays: answer.displays.map(({ data }) => data) }));
}
