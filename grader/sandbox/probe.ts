import { join } from "node:path";
import { packageRoot } from "../package-root.js";
import type { IsolationBackend, Probe } from "./jail.js";
import { defaultJailLimits } from "./limits.js";
import { remedyFor, unreachableFolder } from "./remedy.js";
import { runsAsRoot } from "./tools.js";

const PROBE_MS = 10_000;

/** What the probe program finds, from inside. */
interface Finding {
  readonly seccomp: boolean;
  readonly capabilities: boolean;
  readonly networks: readonly string[];
  readonly userNamespaces: boolean;
  /** Of the host's files that must not be there, those that are. */
  readonly files: readonly string[];
}

const program = `
const fs = require("node:fs");
const status = fs.readFileSync("/proc/self/status", "utf8");
const field = (name) => status.split("\\n").find((line) => line.startsWith(name + ":")).split("\\t")[1];
const devices = fs.readFileSync("/proc/net/dev", "utf8").trim().split("\\n").slice(2);
fs.writeSync(1, JSON.stringify({
  seccomp: field("Seccomp") === "2",
  capabilities: ["CapEff", "CapPrm", "CapBnd"].some((name) => BigInt("0x" + field(name)) !== 0n),
  networks: devices.map((line) => line.split(":")[0].trim()).filter((name) => name !== "lo"),
  userNamespaces: fs.readFileSync("/proc/sys/user/max_user_namespaces", "utf8").trim() !== "0",
  files: process.argv.slice(1).filter((path) => fs.existsSync(path)),
}));`;

/**
 * Runs a small program in a real jail, and says what held. `nestedRefused`: the backend refuses nested user
 * namespaces in a way that can't be seen from inside.
 */
export async function probeJail(backend: IsolationBackend, nestedRefused: boolean): Promise<Probe> {
  const folder = unreachableFolder();
  if (folder !== null) return { works: false, ...folder };
  const absent = [join(packageRoot(), "package.json"), "/etc/passwd", "/sys/kernel", "/bin/sh"];
  const nodeArgs = ["-e", program, ...absent];
  const jail = backend.spawn({ mounts: [], cwd: "/tmp", nodeArgs, env: {}, limits: defaultJailLimits });
  const timer = setTimeout(() => jail.kill("wall-time"), PROBE_MS);
  const end = await jail.ended;
  clearTimeout(timer);
  const printed = jail.takeOutput().trim();
  if (end.kind === "exited" && end.code === 0) return judge(backend, JSON.parse(printed), nestedRefused);
  const lastLine = printed.split("\n").at(-1) || "it ended without a word";
  const why = end.kind === "killed" ? `it did not start within ${PROBE_MS / 1000} s` : lastLine;
  return { works: false, why, remedy: remedyFor(backend.kind) };
}

function judge({ kind }: IsolationBackend, found: Finding, nestedRefused: boolean): Probe {
  const holes = [...found.networks.map((name) => `network ${name}`), ...found.files];
  if (found.capabilities) holes.push("capabilities");
  if (holes.length > 0) {
    return { works: false, why: `a process inside still has ${holes.join(", ")}`, remedy: remedyFor(kind) };
  }
  const { seccomp } = found;
  const nestedNamespacesRefused = seccomp || nestedRefused || !found.userNamespaces;
  const separateUser = runsAsRoot();
  return { works: true, strength: { kind, seccomp, network: true, nestedNamespacesRefused, separateUser } };
}
