import { spawnSync } from "node:child_process";
import type { IsolationBackend, Jail, JailSpec } from "./jail.js";
import { launch } from "./launch.js";
import { resourceLimits } from "./limits.js";
import { probeJail } from "./probe.js";
import { DEVICES, NODE, PRLIMIT, runtimeMounts } from "./runtime.js";
import { seccompProgram } from "./seccomp.js";
import { dropFromRoot, findTool, NOBODY, requireTool } from "./tools.js";

/** Namespaces, mounts and seccomp by bubblewrap (bwrap), 0.7 or later. */
export const bubblewrap: IsolationBackend = {
  kind: "bubblewrap",
  probe: async () => {
    if (findTool("bwrap") === null) {
      return { works: false, why: "bwrap is not installed", remedy: "sudo apt-get install bubblewrap" };
    }
    if (options() !== "" && !options().includes("--size")) {
      const why = "this bwrap can't bound the size of /tmp";
      return { works: false, why, remedy: "Install bubblewrap 0.7 or later" };
    }
    return probeJail(bubblewrap, options().includes("--disable-userns"));
  },
  spawn: (spec) => spawnInBubblewrap(spec, [NODE, ...spec.nodeArgs]),
};

/** Runs any program that the jail holds. */
export function spawnInBubblewrap(spec: JailSpec, program: readonly string[]): Jail {
  const filter = seccompProgram();
  const bwrap = [requireTool("bwrap"), ...namespaceArguments(), ...rootArguments(spec)];
  if (filter !== null) bwrap.push("--seccomp", "4");
  const [first = "", ...rest] = [...dropFromRoot(), ...bwrap, "--", ...limitArguments(spec), ...program];
  const { env, limits } = spec;
  return launch({ command: [first, ...rest], env, cwd: "/", limits, input: filter, ownTmp: true });
}

/** The options that the installed version knows, as its help lists them. */
function options(): string {
  help ??= spawnSync(requireTool("bwrap"), ["--help"], { encoding: "utf8", env: {} }).stdout;
  return help;
}

let help: string | undefined;

function namespaceArguments(): readonly string[] {
  const user = ["--unshare-user", "--uid", String(NOBODY), "--gid", String(NOBODY)];
  // Before 0.8 the seccomp filter alone refuses nested user namespaces.
  if (options().includes("--disable-userns")) user.push("--disable-userns");
  const life = ["--die-with-parent", "--new-session"];
  return ["--unshare-all", ...user, ...life, "--hostname", "jail", "--cap-drop", "ALL"];
}

function rootArguments({ mounts, cwd, limits }: JailSpec): readonly string[] {
  const tmpfs = (bytes: number, target: string) => ["--size", String(bytes), "--tmpfs", target];
  return [
    ...["--proc", "/proc"],
    ...DEVICES.flatMap((device) => ["--dev-bind", device, device]),
    ...tmpfs(limits.shmBytes, "/dev/shm"),
    ...tmpfs(limits.tmpBytes, "/tmp"),
    ...[...runtimeMounts(), ...mounts].flatMap(({ source, target }) => ["--ro-bind", source, target]),
    ...["--dir", cwd],
    // The root itself is a tmpfs without a size: nobody may write to it.
    ...["--remount-ro", "/", "--chdir", cwd],
  ];
}

/** Set inside, where they count this jail alone, and not all processes of the user. */
function limitArguments({ limits }: JailSpec): readonly string[] {
  const flags = Object.entries(resourceLimits(limits)).map(([name, value]) => `--${name}=${value}`);
  return [PRLIMIT, ...flags, "--"];
}
