import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";
import { broken, type Check, fine, unsure } from "./finding.js";

/** As package.json's "engines" says: from here on CommonJS can load ES modules, which the kernel needs. */
const oldest = { major: 20, minor: 19 } as const;

export const nodeVersion: Check = {
  what: "Node.js",
  run: async () => [judgeNode(process.versions.node)],
};

export function judgeNode(version: string): ReturnType<typeof fine> {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNew = major > oldest.major || (major === oldest.major && minor >= oldest.minor);
  // Of the odd versions and of 22, the first ones lack it too.
  const lacks = major === 21 || major === 23 || (major === 22 && minor < 12);
  if (isNew && !lacks) return fine(`${version} (${process.execPath})`);
  return broken(
    `${version} (${process.execPath}) can't load edgelab in a notebook`,
    "Install Node.js 20.19 or later, or 22.12 or later (https://nodejs.org), then run npm install again.",
  );
}

export const gitThere: Check = {
  what: "git",
  run: async ({ course }) => {
    const version = await said("git", ["--version"], course.root);
    if (version === undefined)
      return [unsure("not found", "You only need it to pull new labs and to hand in by git.")];
    const remotes = (await said("git", ["remote"], course.root))?.split("\n").filter(Boolean) ?? [];
    return [
      remotes.includes("submit")
        ? fine(`${version}; handing in by git pushes to "submit"`)
        : unsure(
            `${version}, but this folder has no remote "submit"`,
            "Hand in by zip, or name your own repository: git remote add submit URL",
          ),
    ];
  },
};

function said(program: string, args: readonly string[], cwd: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd, timeout: 10_000 }, (error, stdout) =>
      resolve(error ? undefined : stdout.trim()),
    );
  });
}

const leastBytes = 500 * 1024 * 1024;

export const diskSpace: Check = {
  what: "disk space",
  run: async ({ course }) => {
    const { bavail, bsize } = await statfs(course.root);
    const free = `${((bavail * bsize) / 1e9).toFixed(1)} GB free`;
    return [
      bavail * bsize >= leastBytes
        ? fine(free)
        : broken(free, "Make room: with a full disk, Jupyter loses what you save."),
    ];
  },
};
