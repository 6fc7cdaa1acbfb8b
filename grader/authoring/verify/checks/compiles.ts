import { isBuiltin } from "node:module";
import { Compiler } from "../../../engine/compiler.js";
import { programSpec } from "../../../engine/toolchain.js";
import { chooseIsolation } from "../../../sandbox/choose.js";
import { jailLimits } from "../../../sandbox/limits.js";
import { sandboxView } from "../../../sandbox/view.js";
import type { Finding, Subject } from "../check.js";
import { whyRefused } from "../constructs.js";
import { messageOf } from "../message.js";
import { type CellText, type LocatedCell, placeOf } from "../notebook-lines.js";
import { namedModules } from "./imports.js";

const compilerMemory = 2048 * 1024 * 1024;

/** Every code cell, those that only students run too, passes the kernel's compiler, with solutions and without. */
export async function checkCompiles({ lab, cells, options }: Subject): Promise<Finding[]> {
  const { backend } = await chooseIsolation(options.isolation);
  const code = cells.filter(({ cell }) => cell.role !== "prose" && cell.role !== "written");
  const title = "the kernel takes every cell, of the reference and of the starter";
  try {
    // As in a student's Jupyter: with all of edgelab, and whatever package a cell names.
    const packages = [...new Set([...lab.manifest.packages, ...code.flatMap(packagesOf)])];
    const view = sandboxView({ packages, withheld: [] }).mounts;
    const compiler = new Compiler(backend, programSpec("compiler", view, jailLimits(compilerMemory), 1536));
    try {
      const found = [
        await problemsOf(compiler, code, "reference"),
        await problemsOf(compiler, code, "source"),
      ];
      return [{ title, problems: [...new Set(found.flat())] }];
    } finally {
      await compiler.close();
    }
  } catch (error) {
    return [{ title, problems: [messageOf(error)] }];
  }
}

function packagesOf({ cell }: LocatedCell): string[] {
  return namedModules(cell.reference).flatMap(({ specifier }) => {
    const name = /^(@[^/]+\/[^/]+|[^./@][^/]*)/.exec(specifier)?.[1];
    return name === undefined || isBuiltin(specifier) || name === "edgelab" || name === "tslab" ? [] : [name];
  });
}

async function problemsOf(
  compiler: Compiler,
  cells: readonly LocatedCell[],
  text: CellText,
): Promise<readonly string[]> {
  await compiler.startNotebook(cells.map(({ cell }) => cell[text]));
  const problems: string[] = [];
  let declarations = "";
  for (const located of cells) {
    const source = located.cell[text];
    const compiled = await compiler.compile(declarations, source);
    if (compiled.diagnostics.length === 0) declarations = compiled.declOutput ?? "";
    for (const { line, what } of whyRefused(source, compiled))
      problems.push(`${placeOf(located, text, line)}: ${what}`);
  }
  return problems;
}
