import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { watchBuild } from "./build-watch.js";

const limits = "{ cellCpuMs: 1000, callCpuMs: 100, memoryBytes: 1e8 }";
const manifest = (title: string) =>
  `export default { id: "01-x", title: "${title}", packages: [], withheld: [], limits: ${limits} };`;

describe("grader build --watch", () => {
  let dir = "";
  const said: string[] = [];
  const stop = { controller: new AbortController(), ended: Promise.resolve("none") };
  const terminal = {
    colour: false,
    columns: 80,
    print: (text: string) => void said.push(text.slice(10)),
    note: (text: string) => void said.push(`! ${text.slice(10)}`),
  };

  /** The next line that it says. */
  async function next(): Promise<string> {
    const until = Date.now() + 10_000;
    while (said.length === 0) {
      if (Date.now() > until) throw new Error("it says nothing");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return said.shift() ?? "";
  }

  beforeEach(async () => {
    said.length = 0;
    dir = join(await mkdtemp(join(tmpdir(), "watch-")), "01-x");
    await mkdir(dir);
    await writeFile(join(dir, "lab.ts"), manifest("T"));
    await writeFile(join(dir, "notebook.ts"), "// %%\nf();\n");
    stop.controller = new AbortController();
    stop.ended = watchBuild(dir, terminal, stop.controller.signal);
    expect(await next()).to.match(/^built 01-x, release [0-9a-f]{12}$/);
  });
  afterEach(async () => {
    stop.controller.abort();
    await stop.ended;
    await rm(join(dir, ".."), { recursive: true });
  });

  it("builds again after an edit, also by an editor that puts a new file in the old one's place", async () => {
    await writeFile(join(dir, "notebook.ts"), "// %%\ng();\n");
    const first = await next();
    expect(first).to.match(/^built 01-x/);
    for (const word of ["h", "i"]) {
      await writeFile(join(dir, ".notebook.ts.swp"), `// %%\n${word}();\n`);
      await rename(join(dir, ".notebook.ts.swp"), join(dir, "notebook.ts"));
      const later = await next();
      expect(later).to.match(/^built 01-x/);
      expect(later).not.to.equal(first);
    }
  });

  it("says in one line what is wrong, and waits until it is mended", async () => {
    await writeFile(join(dir, "notebook.ts"), "// %% quiz\n");
    expect(await next()).to.match(/^! 01-x\/notebook\.ts:1: the cell marker "quiz" is not known/);
    await writeFile(join(dir, "lab.ts"), "export default 1;");
    expect(await next()).to.include("01-x/lab.ts does not export a lab");
    await writeFile(join(dir, "lab.ts"), manifest("U"));
    expect(await next()).to.include("quiz");
    await writeFile(join(dir, "notebook.ts"), "// %%\nf();\n");
    expect(await next()).to.match(/^built 01-x/);
  });

  it("sees tests, in folders that are made later too", async () => {
    await mkdir(join(dir, "hidden"));
    expect(await next()).to.match(/^built/);
    await new Promise((resolve) => setTimeout(resolve, 300)); // until the build that saw the folder is over
    await writeFile(join(dir, "hidden", "q9.test.ts"), 'export default { id: "q9", define() {} };');
    let line = await next();
    while (line.startsWith("built")) line = await next();
    expect(line).to.include('hidden/q9.test.ts is about "q9", which notebook.ts does not ask');
  });

  it("does not begin again by what it writes itself, and ends well when it is stopped", async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(said).to.deep.equal([]);
    stop.controller.abort();
    expect(await stop.ended).to.equal("done");
  });
});
