import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect } from "chai";
import { ZipFile } from "yazl";
import { Classroom, lab, notebook } from "../helpers.test.js";
import type { Collected } from "../outcome.js";
import { readCandidates } from "./candidates.js";
import { listFolder } from "./folder.js";
import { collectFromFiles } from "./from-files.js";
import { ownerOf } from "./owner.js";

const minute = 60_000;

/** What students handed in elsewhere: folders as people make them, and downloads of learning platforms. */
describe("collecting from a folder or a zip", () => {
  let room: Classroom;
  beforeEach(() => {
    room = new Classroom();
    room.add("s1", { name: "Jané van Doe", email: "jane@example.org", aliases: ["4711"] });
    room.add("s2", { name: "Max Muster" });
    room.add("s3", { name: "Max Muster" });
    room.due(-60);
  });
  afterEach(() => room.close());

  function put(path: string, content: string | Buffer, minutes = -120): void {
    const file = room.path("in", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    const time = new Date(Date.now() + minutes * minute);
    utimesSync(file, time, time);
  }

  async function collect(from = room.path("in"), students: readonly string[] = []) {
    const found = new Map<string, Collected>();
    const options = { course: room.course, lab, submissions: room.submissions, students, from };
    const lines = await collectFromFiles(
      options,
      {
        onStart: () => {},
        onStudent: (line) => found.set(line.student, line),
        onFailure: (_, stack) => {
          throw new Error(stack);
        },
      },
      new AbortController().signal,
    );
    return { found, lines };
  }

  const layouts: readonly (readonly [string, string])[] = [
    ["nbgrader's layout", `s1/${lab}/${lab}.ipynb`],
    ["one file a student", "s1.ipynb"],
    ["a folder a student, whatever the file's name", "s1/my work.ipynb"],
    ["another way to write the id", `S1/${lab}.ipynb`],
    ["an e-mail address", `jane@example.org/${lab}.ipynb`],
    ["Canvas, by the name without its spaces", `vandoejane_9999_12345_${lab}-2.ipynb`],
    ["Canvas, by its own number as an alias", `someone_4711_12345_${lab}.ipynb`],
    ["Moodle, with folders", `Jane van Doe_123_assignsubmission_file_/${lab}.ipynb`],
    ["Moodle, without folders", `Jané van Doe_123_assignsubmission_file_${lab}.ipynb`],
  ];
  for (const [name, path] of layouts) {
    it(`knows ${name}`, async () => {
      put(path, notebook("mine"));
      const { found, lines } = await collect();
      expect(lines).to.deep.equal([]);
      expect(found.get("s1")).to.include({ kind: "on-time", commit: null });
      expect(found.get("s1")?.pushedAt).to.include({ from: null, evidence: "file-time" });
      expect(found.get("s2")).to.include({ kind: "nothing" });
      expect(room.onTime("s1")).to.equal(notebook("mine"));
    });
  }

  it("gives a group's notebook to each of its members", async () => {
    room.groups = [{ id: "team-a", members: ["s1", "s3"] }];
    put("team-a/work.ipynb", notebook("ours"));
    const { found } = await collect();
    expect([...found.values()].map(({ kind }) => kind)).to.deep.equal(["on-time", "nothing", "on-time"]);
    expect(room.onTime("s3")).to.equal(notebook("ours"));
  });

  it("guesses nothing: who may be two or is nobody gets a line", async () => {
    put(`Max Muster_123_assignsubmission_file_/${lab}.ipynb`, notebook("whose"));
    put("a-friend\u001b[2J.ipynb", notebook("whose"));
    put("s1.ipynb", notebook("mine"));
    const { found, lines } = await collect();
    expect([...found.values()].map(({ kind }) => kind)).to.deep.equal(["on-time", "nothing", "nothing"]);
    expect(lines.join("\n")).to.match(/Max Muster may be s2 or s3: give aliases/);
    expect(lines.join("\n")).to.match(/nobody in course\.yaml is a-friend\\u\{1b\}\[2J/);
  });

  for (const [what, theirs] of [
    ["has taken another one's id for a name", "s1_124_assignsubmission_file_"],
    ["has another one's very name", "Jane van Doe_124_assignsubmission_file_"],
    ["is another one but for capitals", "S1"],
  ] as const)
    it(`takes no work of somebody who ${what} in its place`, async () => {
      put(`Jane van Doe_123_assignsubmission_file_/${lab}.ipynb`, notebook("mine"), -200);
      put(`${theirs}/${lab}.ipynb`, notebook("not mine"), -100);
      const { found } = await collect();
      expect(found.get("s1")?.kind).to.equal("failed");
      expect(found.get("s1")?.note).to.include(
        "different notebooks of several accounts: Jane van Doe (123), ",
      );
      expect(room.onTime("s1")).to.equal(undefined);
    });

  it("reads no more of a student's zips than fits into memory", async () => {
    const zip = new ZipFile();
    const large = Buffer.alloc(15 * 2 ** 20, " ");
    // Not quite so regular that the zip would be taken for a bomb.
    for (let at = 0; at < large.length; at += 1200) large.writeUInt32LE((at * 2654435761) % 2 ** 32, at);
    for (const folder of ["a", "b", "c", "d"]) zip.addBuffer(large, `${folder}/${lab}.ipynb`);
    zip.end();
    const chunks: Buffer[] = [];
    for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
    for (const name of ["1", "2", "3", "4"]) put(`s1/${name}.zip`, Buffer.concat(chunks));
    const { candidates, problems } = await readCandidates(
      (await listFolder(room.path("in"))).files.map((file) => ({ file, owner: ownerOf(file.path) })),
    );
    const bytes = candidates.reduce((sum, candidate) => sum + candidate.bytes.length, 0);
    expect(bytes)
      .to.be.above(0)
      .and.to.be.at.most(128 * 2 ** 20);
    expect(problems.join()).to.include("more than 128 MiB of notebooks");
  });

  it("takes the last in time and the last late one; late by a file's time alone is for a person", async () => {
    put(`s1/${lab}.ipynb`, notebook("first"), -200);
    put(`s1/again/${lab}.ipynb`, notebook("second"), -90);
    put(`s2/${lab}.ipynb`, notebook("maybe late"), -10);
    put(`x_LATE_1_2_${lab}.ipynb`, notebook("platform says late"), -10.5);
    room.add("x");
    const { found } = await collect();
    expect(room.onTime("s1")).to.equal(notebook("second"));
    expect(found.get("s2")).to.include({ kind: "unclear" });
    expect(found.get("s2")?.note).to.match(/the file's time is after the due date, or is that of a download/);
    expect(room.onTime("s2")).to.equal(notebook("maybe late"));
    expect(found.get("x")).to.include({ kind: "late", lateMinutes: 50 });
    expect(room.late("x")).to.equal(notebook("platform says late"));
  });

  it("lets a later file not take the place of what was on time", async () => {
    put("s1.ipynb", notebook("on time"));
    await collect();
    put("s1.ipynb", notebook("later"), -10);
    const { found } = await collect();
    expect(found.get("s1")).to.include({ kind: "late" });
    expect(found.get("s1")?.note).to.match(/collected before stays/);
    expect(room.onTime("s1")).to.equal(notebook("on time"));
    expect(room.late("s1")).to.equal(notebook("later"));
  });

  it("takes this lab's notebook, not another lab's, and asks where two could be meant", async () => {
    room.otherLabs = ["02-pruning"];
    put(`s1/${lab}/${lab}.ipynb`, notebook("mine"));
    put("s1/02-pruning/02-pruning.ipynb", notebook("other"));
    room.add("s4");
    put("s4/02-pruning.ipynb", notebook("other"));
    put("s2/a.ipynb", notebook("a"));
    put("s2/b.ipynb", notebook("b"));
    put(`s3/one/${lab}.ipynb`, notebook("a"), -100);
    put(`s3/.ipynb_checkpoints/${lab}.ipynb`, notebook("b"));
    symlinkSync("/etc/passwd", room.path("in", "s3", "link.ipynb"));
    const { found, lines } = await collect();
    expect(room.onTime("s1")).to.equal(notebook("mine"));
    expect(found.get("s2")?.note).to.match(
      /2 notebooks, none is 01-quantization\.ipynb: s2\/a\.ipynb, s2\/b/,
    );
    expect(found.get("s4")?.note).to.match(/no 01-quantization\.ipynb; instead s4\/02-pruning/);
    expect(room.onTime("s3")).to.equal(notebook("a"));
    expect(lines).to.deep.equal(["s3/link.ipynb is a symbolic link"]);
  });

  it("reads zips that submit made, in the platform's zip, and shows what they say as the student's word", async () => {
    const bytes = notebook("mine");
    const says = { format: 1, lab, release: "abc123", at: "2026-11-23T10:00:00Z" };
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const inner = await zipped({
      [`${lab}.ipynb`]: bytes,
      "submission.json": JSON.stringify({ ...says, sha256 }),
    });
    const other = await zipped({
      [`${lab}.ipynb`]: notebook("other"),
      "submission.json": JSON.stringify({ ...says, sha256 }),
    });
    const file = room.path("download.zip");
    await writeZip(file, {
      [`download/vandoejane_77_88_${lab}-20261123-100000.zip`]: inner,
      [`download/s2_77_88_${lab}-20261123-100000.zip`]: other,
    });
    const { found, lines } = await collect(file);
    expect(lines).to.deep.equal([]);
    expect(room.onTime("s1")).to.equal(bytes);
    expect(found.get("s1")?.note).to.contain(
      "the student's submit says 2026-11-23T10:00:00Z, release abc123",
    );
    expect(found.get("s2")?.note).to.match(/of another notebook than this/);
  });

  it("takes one student's zip when it is told whose it is", async () => {
    const file = room.path("mailed.zip");
    await writeZip(file, { [`${lab}.ipynb`]: notebook("mailed"), "submission.json": "{}" });
    expect(await collect(file).catch((error: Error) => error.message)).to.match(/--student ID/);
    await collect(file, ["s2"]);
    expect(room.onTime("s2")).to.equal(notebook("mailed"));
  });

  it("says what is wrong with a student's zip, and collects the others", async () => {
    put("s1.zip", "PK, but no zip");
    put("s2.ipynb", notebook("fine"));
    put("s3.ipynb", Buffer.alloc(17 * 2 ** 20, 0x20));
    const { found } = await collect();
    expect(found.get("s1")).to.include({ kind: "failed" });
    expect(found.get("s1")?.note).to.match(/s1\.zip can't be read as a zip file/);
    expect(found.get("s2")).to.include({ kind: "on-time" });
    expect(found.get("s3")?.note).to.match(/more than 16 MiB/);
  });
});

async function writeZip(path: string, files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  writeFileSync(path, await zipped(files));
}

async function zipped(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile();
  const mtime = new Date(Date.now() - 120 * minute);
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name, { mtime });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
