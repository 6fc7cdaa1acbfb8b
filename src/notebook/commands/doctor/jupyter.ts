import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { findJupyter } from "../../jupyter/find-jupyter.js";
import { howToGetJupyter } from "../../jupyter/how-to-get.js";
import { kernelName, kernelSpec, kernelSpecFile } from "../../kernel/kernel-spec.js";
import { broken, type Check, fine, unsure } from "./finding.js";

const names = { lab: "JupyterLab", notebook: "Notebook", classic: "classic Notebook" } as const;

export const jupyterThere: Check = {
  what: "Jupyter",
  run: async ({ course, env }) => {
    const [first, ...others] = await findJupyter({ env, root: course.root });
    if (first === undefined) {
      const ways = howToGetJupyter(env).map((way) => `\n  ${way}`);
      return [broken("no JupyterLab 4, Notebook 7 or Notebook 6 was found", `Get one:${ways.join("")}`)];
    }
    const more = others.length === 0 ? "" : `; ${others.length} more, not used`;
    return [fine(`${names[first.interface]} ${first.version} (${first.command[0]})${more}`)];
  },
};

export const kernelSpecThere: Check = {
  what: "kernel in project",
  run: async ({ course }) => {
    const file = kernelSpecFile(course.root);
    const fix = "edgelab jupyter writes it anew each time it starts: npx --no-install edgelab jupyter";
    if (!existsSync(file)) return [unsure("not written yet", fix)];
    const argv = await argvOf(file);
    if (argv.join("\n") === kernelSpec().argv.join("\n")) return [fine(file)];
    const gone = argv.filter((arg) => arg.startsWith("/") && !existsSync(arg));
    return [
      gone.length > 0
        ? broken(`${file} starts what is not there any more: ${gone.join(", ")}`, fix)
        : unsure(`${file} starts another Node.js or another edgelab than this one`, fix),
    ];
  },
};

/** Kernels of that name elsewhere: they serve who opens a notebook without `edgelab jupyter`. */
export const otherKernels: Check = {
  what: "other kernels",
  run: async ({ env }) => {
    const data =
      env.JUPYTER_DATA_DIR ?? join(env.XDG_DATA_HOME ?? join(homedir(), ".local/share"), "jupyter");
    const folders = [
      data,
      join(homedir(), "Library/Jupyter"),
      "/usr/local/share/jupyter",
      "/usr/share/jupyter",
    ];
    const files = (await Promise.all(folders.map(tslabKernels))).flat();
    if (files.length === 0) return [fine("none")];
    return files.map((file) =>
      unsure(
        `${file} is a kernel of tslab as well`,
        "edgelab jupyter does not use it. A Jupyter that you start yourself does, and may lose output with it.",
      ),
    );
  },
};

async function tslabKernels(folder: string): Promise<string[]> {
  const kernels = join(folder, "kernels");
  const found = (await readdir(kernels).catch(() => [])).filter((name) => name.toLowerCase() === kernelName);
  return found.map((name) => join(kernels, name, "kernel.json"));
}

async function argvOf(file: string): Promise<readonly string[]> {
  try {
    const { argv } = JSON.parse(await readFile(file, "utf8"));
    return Array.isArray(argv) ? argv.map(String) : [];
  } catch {
    return [];
  }
}
