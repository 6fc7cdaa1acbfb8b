import { realpathSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.js";
import type { IsolationBackend, Jail, JailSpec } from "./jail.js";
import { launch } from "./launch.js";
import { resourceLimits } from "./limits.js";
import { probeJail } from "./probe.js";
import { DEVICES, NODE, runtimeMounts } from "./runtime.js";
import { seccompProgram } from "./seccomp.js";
import { dropFromRoot, findTool, NOBODY, requireTool } from "./tools.js";

const TOOLS = ["unshare", "setpriv", "prlimit", "perl"] as const;

/** Namespaces by unshare(1); mounts, limits and seccomp by one perl script. On every Debian and Ubuntu. */
export const utilLinux: IsolationBackend = {
  kind: "util-linux",
  probe: async () => {
    const missing = TOOLS.filter((tool) => findTool(tool) === null);
    if (missing.length > 0) {
      const why = `${missing.join(", ")} not installed`;
      return { works: false, why, remedy: "sudo apt-get install util-linux perl-base" };
    }
    return probeJail(utilLinux, false);
  },
  spawn: (spec) => spawnInUtilLinux(spec, [NODE, ...spec.nodeArgs]),
};

/** Runs any program that the jail holds. */
export function spawnInUtilLinux(spec: JailSpec, program: readonly string[]): Jail {
  const inside = [requireTool("perl"), join(packageRoot(), "grader/sandbox/jail.pl"), ...settings(spec)];
  for (const { source, target } of [...runtimeMounts(), ...spec.mounts]) {
    // The script sees the host's files below another root, where absolute symbolic links lead nowhere.
    inside.push("mount", realpathSync(source), target);
  }
  const outside = [...dropFromRoot(), ...dieWithParent(), ...namespaces()];
  const [first = "", ...rest] = [...outside, ...inside, "run", ...program];
  const { env, limits } = spec;
  return launch({ command: [first, ...rest], env, cwd: "/", limits, ownTmp: true });
}

function dieWithParent(): readonly string[] {
  return [requireTool("setpriv"), "--pdeathsig", "KILL", "--"];
}

/** The program's user is "nobody" inside too; the capabilities to build the root are kept across exec. */
function namespaces(): readonly string[] {
  const user = ["--user", `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, "--keep-caps"];
  const others = ["--mount", "--pid", "--net", "--ipc", "--uts", "--cgroup"];
  return [requireTool("unshare"), ...user, ...others, "--fork", "--kill-child", "--"];
}

function settings({ cwd, limits }: JailSpec): readonly string[] {
  const values = {
    arch: process.arch,
    cwd,
    devices: DEVICES.join(","),
    tmp: limits.tmpBytes,
    shm: limits.shmBytes,
    ...resourceLimits(limits),
    filter: seccompProgram()?.toString("hex") ?? "",
  };
  return Object.entries(values).map(([name, value]) => `${name}=${value}`);
}
