import { spawnSync } from "node:child_process";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Recording } from "../../src/core/zoo/recorded/recording.js";
import type { TrainedModel } from "../../src/core/zoo/trained/trained.js";
import type { Run } from "./run.js";

const zoo = join(import.meta.dirname, "..", "..", "src", "core", "zoo");

/** A module's path in the zoo, and its text. */
export interface AssetFile {
  readonly path: string;
  readonly text: string;
}

export function trainedFile(trained: TrainedModel): AssetFile {
  const { name, command } = trained.about;
  return moduleFile(
    join("trained", `${name}.ts`),
    "trained",
    "TrainedModel",
    "./trained.js",
    trained,
    command,
  );
}

export function recordedFile(
  run: Run,
  name: string,
  recording: Omit<Recording, "command" | "seed">,
): AssetFile {
  const { command } = run;
  const constant = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const { what, backend, columns, rows } = recording;
  const whole: Recording = { what, command, seed: run.name, backend, columns, rows };
  return moduleFile(join("recorded", `${name}.ts`), constant, "Recording", "./recording.js", whole, command);
}

function moduleFile(
  path: string,
  constant: string,
  type: string,
  from: string,
  value: unknown,
  command: string,
): AssetFile {
  const text = `import type { ${type} } from ${JSON.stringify(from)};

/** Written by \`${command}\`: change that, not this. */
export const ${constant}: ${type} = ${JSON.stringify(value)};
`;
  return { path, text: formatted(path, text) };
}

function formatted(path: string, text: string): string {
  const biome = join(
    dirname(createRequire(import.meta.url).resolve("@biomejs/biome/package.json")),
    "bin",
    "biome",
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [biome, "format", `--stdin-file-path=${path}`],
    { input: text, encoding: "utf8", cwd: zoo, maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new Error(`biome could not format ${path}: ${stderr}`);
  return stdout;
}

/** Puts a file in its place at once, so that an interrupted run leaves the old one whole. */
export function writeAsset({ path, text }: AssetFile): void {
  const target = join(zoo, path);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}
