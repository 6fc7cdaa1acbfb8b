/*
 * Installs what the peers' tests need of Debian's packages: bubblewrap, and Chromium. Only where apt-get and
 * root are there; says what it could not, and asks nothing.
 *
 *   npx tsx grader/peers/ensure-debian.ts
 */
import { spawnSync } from "node:child_process";

const programs = { bubblewrap: "bwrap", chromium: "chromium", "util-linux": "unshare" } as const;

const isThere = (program: string): boolean =>
  spawnSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" }).status === 0;

const missing = Object.entries(programs).filter(([, program]) => !isThere(program));
if (missing.length > 0 && process.getuid?.() === 0 && isThere("apt-get")) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args: string[]): void => {
    spawnSync("apt-get", ["-qq", ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
  };
  apt("update");
  for (const [name] of missing) apt("install", "--no-install-recommends", name);
}
for (const [name, program] of Object.entries(programs)) {
  console.log(
    isThere(program) ? `${name}: ${program}` : `${name}: not installed (apt-get install ${name}, as root)`,
  );
}
