import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { packageRoot } from "../package-root.js";
import type { IsolationKind } from "./jail.js";
import { runsAsRoot } from "./tools.js";

function setting(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}

/** The usual reasons why a kernel refuses namespaces, most telling first, each with what allows them. */
const causes: readonly { readonly holds: () => boolean; readonly remedy: (kind: IsolationKind) => string }[] =
  [
    {
      holds: () => process.platform !== "linux",
      remedy: () => "Grade on Linux, in a Linux virtual machine, or in WSL 2",
    },
    {
      holds: () => setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") === "1",
      remedy: (kind) =>
        kind === "bubblewrap"
          ? "Ubuntu's AppArmor forbids it. Allow it for bwrap as SECURITY.md shows, or for all programs: " +
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
          : "Ubuntu's AppArmor forbids it: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    },
    {
      holds: () => setting("/proc/sys/kernel/unprivileged_userns_clone") === "0",
      remedy: () => "sudo sysctl -w kernel.unprivileged_userns_clone=1",
    },
    {
      holds: () => setting("/proc/sys/user/max_user_namespaces") === "0",
      remedy: () => "sudo sysctl -w user.max_user_namespaces=10000",
    },
    {
      holds: () => existsSync("/.dockerenv") || existsSync("/run/.containerenv"),
      remedy: () =>
        "This container forbids namespaces. Start it with --security-opt seccomp=unconfined " +
        "--security-opt apparmor=unconfined --security-opt systempaths=unconfined",
    },
  ];

/** What to install or allow where a backend's jail does not start. */
export function remedyFor(kind: IsolationKind): string {
  const cause = causes.find(({ holds }) => holds());
  return cause?.remedy(kind) ?? "Allow unprivileged user namespaces, as SECURITY.md shows";
}

/** When root grades, jails belong to "nobody", who must reach what is mounted: the first folder that stops it. */
export function unreachableFolder(): { readonly why: string; readonly remedy: string } | null {
  if (!runsAsRoot()) return null;
  for (const path of [packageRoot(), realpathSync(process.execPath), tmpdir()]) {
    const closed = closedTo(path);
    if (closed !== null) {
      const why = `run by root, jails belong to user "nobody", who may not enter ${closed}`;
      return { why, remedy: `chmod o+rx ${closed}, or grade as an ordinary user` };
    }
  }
  return null;
}

function closedTo(path: string): string | null {
  const parent = dirname(path);
  const above = parent === path ? null : closedTo(parent);
  if (above !== null) return above;
  return (statSync(path).mode & 0o001) === 0 ? path : null;
}
