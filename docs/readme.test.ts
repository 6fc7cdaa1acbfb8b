import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { runExample } from "./run-example.js";

const root = path.join(import.meta.dirname, "..");
const readme = readFileSync(path.join(root, "README.md"), "utf8");

describe("the README", () => {
  it("shows what the demo prints", function () {
    this.timeout(180_000);
    const shown = /<!-- demo -->\n```\n([\s\S]*?)\n```/.exec(readme)?.[1] ?? "";
    const { stdout, stderr, status } = spawnSync("npx", ["--no-install", "grader", "demo"], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    if (/can't be isolated here/.test(stderr)) this.skip();
    expect(status, stderr).to.equal(0);
    expect(withoutPlaces(stdout)).to.equal(withoutPlaces(shown));
  });

  it("names commands and options that there are, as the pages of docs do", () => {
    const pages = readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => readFileSync(path.join(root, "docs", name), "utf8"));
    const help = new Map<string, string>();
    const commands = [readme, ...pages].flatMap((page) => [
      ...page.matchAll(/npx (--no-install )?(grader|edgelab) ([a-z-]+)([^`#\n]*)/g),
    ]);
    expect(commands.length).to.be.greaterThan(20);
    for (const [whole, flag, program = "", command = "", rest = ""] of commands) {
      expect(flag, whole).to.equal("--no-install ");
      const name = `${program} ${command}`;
      if (!help.has(name)) help.set(name, helpOf(program, command));
      expect(help.get(name), whole).to.match(new RegExp(`^Usage: ${name}`));
      for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(help.get(name), whole).to.include(option);
    }
  }).timeout(60_000);

  it("has an example for engineers that does what it says", async () => {
    const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
    await runExample(code);
  });
});

function helpOf(program: string, command: string): string {
  const cli = path.join(root, program === "grader" ? "dist/grader/cli.js" : "dist/src/notebook/cli.js");
  return spawnSync(process.execPath, [cli, command, "--help"], { cwd: root, encoding: "utf8" }).stdout;
}

/** The demo's folder is new each time. */
function withoutPlaces(text: string): string {
  return text.replace(/\S*edgelab-demo-\w+/g, "…").trim();
}
