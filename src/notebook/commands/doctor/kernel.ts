import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { KernelClient } from "../../kernel/kernel-client.js";
import { kernelSpec } from "../../kernel/kernel-spec.js";
import { broken, type Check, type Finding, fine } from "./finding.js";

const timeoutMs = 45_000;
const retry = "Run npm install again; then see whether another program holds many ports or much memory.";
const types = "Delete node_modules and run npm install again.";

/** What is asked of the kernel: a cell, what it has to print, and what it means when it prints something else. */
const cells = [
  { code: "1 + 1", prints: /^2$/m, proves: "answers", next: retry },
  {
    code: 'import { seeded } from "edgelab/core";\nseeded("doctor").integer(3, 3);',
    prints: /^3$/m,
    proves: "finds edgelab",
    next: types,
  },
  {
    code: 'import { chooseBackend } from "edgelab/core/training";\nconst chosen = await chooseBackend();\nchosen.backend;',
    prints: /^(tfjs-node|wasm)$/m,
    proves: "trains fast",
    next: types,
  },
  // Last: after an error, tslab lets what comes at once fall through.
  {
    code: 'import { seeded as typed } from "edgelab/core";\nconst wrong: number = typed("doctor");',
    prints: /is not assignable to type 'number'/,
    proves: "knows its types",
    next: types,
  },
] as const;

/** Starts the kernel as Jupyter does, and runs cells in it. */
export const kernelAnswers: Check = {
  what: "kernel",
  run: async ({ course, signal }) => {
    const [lab = ""] = course.labs;
    const cwd = lab === "" ? course.root : join(course.root, "labs", lab);
    const { KernelClient } = await import("../../kernel/kernel-client.js");
    const start = performance.now();
    let kernel: KernelClient | undefined;
    try {
      kernel = await KernelClient.start({
        argv: kernelSpec().argv,
        ...{ cwd, timeoutMs },
        ...(signal ? { signal } : {}),
      });
      const problems = await ask(kernel);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      const proved = cells.map(({ proves }) => proves).join(", ");
      return problems.length > 0 ? problems : [fine(`${proved} (${seconds} s)`)];
    } catch (error) {
      return [broken(error instanceof Error ? error.message : String(error), retry)];
    } finally {
      await kernel?.close();
    }
  },
};

async function ask(kernel: KernelClient): Promise<Omit<Finding, "what">[]> {
  const problems: Omit<Finding, "what">[] = [];
  for (const { code, prints, proves, next } of cells) {
    const { text } = await kernel.execute(code);
    if (prints.test(stripVTControlCharacters(text))) continue;
    const [line = ""] = text.trim().split("\n");
    const isTrap = text.includes("rebuildTimer");
    const restart = "Packages were installed while the kernel ran: restart it (Kernel, Restart).";
    problems.push(broken(`it starts, but not: ${proves}. It said: ${line}`, isTrap ? restart : next));
    // tslab lets what comes within 200 ms after an error fall through.
    await new Promise((done) => setTimeout(done, 400));
  }
  return problems;
}
