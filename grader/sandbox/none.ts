import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { IsolationBackend, Jail, JailSpec, Mount } from "./jail.js";
import { launch } from "./launch.js";
import { findTool } from "./tools.js";

/** No isolation at all, for one's own code: a child process that sees the mounts as symbolic links. */
export const none: IsolationBackend = {
  kind: "none",
  probe: async () => {
    const absent = { seccomp: false, network: false, nestedNamespacesRefused: false, separateUser: false };
    return { works: true, strength: { kind: "none", ...absent } };
  },
  spawn: (spec) => {
    const root = mkdtempSync(join(tmpdir(), "edgelab-none-"));
    const remove = () => rmSync(root, { recursive: true, force: true });
    process.once("exit", remove);
    const jail = spawnBelow(root, spec);
    void jail.ended.then(() => {
      process.off("exit", remove);
      remove();
    });
    return jail;
  },
};

function spawnBelow(root: string, spec: JailSpec): Jail {
  for (const mount of spec.mounts) link(root, mount);
  const cwd = join(root, spec.cwd);
  mkdirSync(cwd, { recursive: true });
  const outside = (text: string) =>
    translate(text, root, [spec.cwd, ...spec.mounts.map((mount) => mount.target)]);
  // A linked module then looks for its own imports among the links, as it does in a jail.
  const links = ["--preserve-symlinks", "--preserve-symlinks-main"];
  const node = [process.execPath, ...links, ...spec.nodeArgs.map(outside)];
  const env = Object.fromEntries(Object.entries(spec.env).map(([name, value]) => [name, outside(value)]));
  const [first = "", ...rest] = [...dieWithParent(), ...node];
  return launch({ command: [first, ...rest], env, cwd, limits: spec.limits, ownTmp: false });
}

function link(root: string, { source, target }: Mount): void {
  const path = join(root, target);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(source, path);
}

/** Paths inside the jail become paths below `root`, at the start of an argument or after its "=" or "file://". */
function translate(text: string, root: string, targets: readonly string[]): string {
  const start = /^(?:--?[\w-]+=)?(?:file:\/\/)?/.exec(text)?.[0] ?? "";
  const path = text.slice(start.length);
  const known = targets.some((target) => path === target || path.startsWith(`${target}/`));
  return known ? start + root + path : text;
}

function dieWithParent(): readonly string[] {
  const setpriv = findTool("setpriv");
  return setpriv === null ? [] : [setpriv, "--pdeathsig", "KILL", "--"];
}
