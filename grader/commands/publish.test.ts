import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { expect } from "chai";
import { Course, failure, hasGit, lab, smallPackage } from "../publish/fixtures/course.js";
import type { Terminal } from "../terminal/terminal.js";
import { publishLab } from "./publish.js";

const pack = async () => smallPackage();

describe("the command grader publish", function () {
  this.timeout(60_000);
  const usual = process.cwd();
  let course: Course;
  let printed: string[];
  let terminal: Terminal;

  before(function () {
    if (!hasGit) this.skip();
  });
  beforeEach(async () => {
    course = await Course.create();
    printed = [];
    const print = (text: string): void => void printed.push(text);
    terminal = { colour: false, columns: 100, print, note: print };
    process.chdir(course.folder);
  });
  afterEach(async () => {
    process.chdir(usual);
    await course?.remove();
  });

  async function courseYaml(remote: string): Promise<void> {
    const lines = [
      "title: Small devices",
      "timezone: Europe/Berlin",
      `remotes: { course: "${remote}" }`,
      "students: []",
      `labs: { ${lab}: { due: 2026-12-01 23:59 } }`,
    ];
    await writeFile(path.join(course.folder, "course.yaml"), `${lines.join("\n")}\n`);
  }

  it("publishes to where course.yaml says, and prints the version, what is new and all files with their sizes", async () => {
    await courseYaml("course.git");
    expect(await publishLab({ lab, dryRun: false }, terminal)).to.equal("done");
    const text = printed.join("\n");
    expect(text).to.match(new RegExp(`^✓ ${lab}/v1 is at .*course.git, branch main$`, "m"));
    expect(text).to.include("01-quantization is due Tue 1 Dec 2026, 23:59 (Europe/Berlin).");
    expect(text).to.match(/^ +[\d.]+ MB {2}edgelab-\d+\.\d+\.\d+\.tgz$/m);
    expect(text).to.match(/^✓ 11 files searched for \d+ texts, numbers and lines/m);
    expect(course.tags()).to.deep.equal([`${lab}/v1`]);
    expect(await publishLab({ lab, dryRun: false }, terminal)).to.equal("done");
    expect(printed.at(-1)).to.include("nothing has changed");
  });

  it("shows a first publication without any remote in a dry run, and asks for one otherwise", async () => {
    expect(await publishLab({ lab, dryRun: true }, terminal, pack)).to.equal("done");
    expect(printed.join("\n")).to.include(`${lab}/v1 would go to an empty repository`);
    expect((await failure(publishLab({ lab, dryRun: false }, terminal))).message).to.include("--to URL");
  });

  it("prefers --to, and shows no password of it", async () => {
    await courseYaml("course.git");
    const to = "http://ta:s3cret@127.0.0.1:9/x.git";
    const { message } = await failure(publishLab({ lab, to, dryRun: true }, terminal, pack));
    expect(message).to.include("127.0.0.1:9/x.git").and.not.to.include("s3cret");
  });

  it("stops when it is told to", async () => {
    const silent = net.createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as net.AddressInfo;
    try {
      const ended = publishLab({ lab, to: `git://127.0.0.1:${port}/x.git`, dryRun: false }, terminal, pack);
      const [socket] = await once(silent, "connection");
      process.emit("SIGTERM", "SIGTERM");
      expect(await ended).to.equal("interrupted");
      expect(printed.join()).to.include("all of the publication or nothing");
      socket.destroy();
    } finally {
      silent.close();
    }
  });
});
