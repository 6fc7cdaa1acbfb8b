import { readdirSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { parseCourseFile } from "../../src/lab/course-file.js";
import { parseRelease } from "../../src/lab/release.js";
import { Course, failure, hasGit, lab, smallPackage } from "./fixtures/course.js";

const due = new Map([[lab, new Date("2026-12-01T22:59:00Z")]]);
const settings = { title: "Small devices", submit: "git" as const, timezone: "Europe/Berlin", due };

describe("grader publish", function () {
  this.timeout(60_000);
  let course: Course;

  before(function () {
    // git is what it publishes with.
    if (!hasGit) this.skip();
  });
  beforeEach(async () => {
    course = await Course.create();
  });
  afterEach(() => course?.remove());

  it("makes a course repository of an empty one: the lab, what students install, and pages", async () => {
    const { plan, tag } = await course.publish({ course: settings });
    expect([plan.kind, tag]).to.deep.equal(["publish", `${lab}/v1`]);
    expect(course.files()).to.have.members([
      ".gitignore",
      ".npmrc",
      "CHANGELOG.md",
      "README.md",
      "course.json",
      "edgelab-0.1.0.tgz",
      `labs/${lab}/${lab}.ipynb`,
      `labs/${lab}/public/q1.test.ts`,
      `labs/${lab}/public/q2.test.ts`,
      `labs/${lab}/public/q3.test.ts`,
      `labs/${lab}/release.json`,
      "package.json",
    ]);
    expect(course.git("cat-file", "-t", `${lab}/v1`)).to.equal("tag");
    expect(course.git("rev-parse", `${lab}/v1^{commit}`)).to.equal(course.git("rev-parse", "main"));
  });

  it("tells students' commands and students themselves when the lab is due, in the course's time", async () => {
    await course.publish({ course: settings });
    const { labs, submit } = parseCourseFile(course.show("course.json"));
    const { release } = parseRelease(course.show(`labs/${lab}/release.json`));
    const entry = { id: lab, title: "Quantization", version: 1, release, due: "2026-12-01T23:59:00+01:00" };
    expect({ labs, submit }).to.deep.equal({ labs: [entry], submit: "git" });
    expect(course.show("README.md")).to.include("| Quantization | Tue 1 Dec 2026, 23:59 (Europe/Berlin) |");
    expect(course.show("CHANGELOG.md")).to.include("- New: Quantization. 3 questions, 30 points.");
  });

  it("lets students install edgelab from the tarball beside it, with the same scripts left out", async () => {
    await course.publish();
    const manifest = JSON.parse(course.show("package.json"));
    expect(manifest).to.deep.include({ private: true, type: "module", engines: { node: ">=20.19" } });
    expect(manifest.dependencies).to.deep.equal({ edgelab: "file:edgelab-0.1.0.tgz" });
    expect(manifest.allowScripts).to.deep.equal({ zeromq: false });
    expect(course.show(".npmrc")).to.include("onnxruntime-node-install=skip");
  });

  it("says that nothing has changed, and makes no commit", async () => {
    await course.publish({ course: settings });
    const tip = course.git("rev-parse", "main");
    const { plan, completed } = await course.publish({
      course: settings,
      now: new Date("2026-12-24T10:00:00Z"),
    });
    expect({ plan, completed }).to.deep.equal({
      plan: { kind: "unchanged", version: 1 },
      completed: undefined,
    });
    expect(course.git("rev-parse", "main")).to.equal(tip);
  });

  it("makes a second version of an edited lab, and says what changed, newest first", async () => {
    await course.publish({ course: settings });
    await course.edit("notebook.ts", "// **Clip before you store.**", "// **Clip first.**");
    await course.edit("public/q3.test.ts", "question", "/* checked again */ question");
    const later = { ...settings, due: new Map([[lab, new Date("2026-12-03T22:59:00Z")]]) };
    const { plan, tag } = await course.publish({ course: later });
    expect(plan.kind === "publish" && plan.changes).to.deep.equal([
      "q2: 1 cell changed.",
      "Public tests changed: q3.",
      `${lab} is due Thu 3 Dec 2026, 23:59 (Europe/Berlin); it was Tue 1 Dec 2026, 23:59 (Europe/Berlin).`,
    ]);
    expect(tag).to.equal(`${lab}/v2`);
    expect(course.tags()).to.deep.equal([`${lab}/v1`, `${lab}/v2`]);
    const titles = course.show("CHANGELOG.md").match(/^## .*$/gm);
    expect(titles).to.deep.equal([`## ${lab} v2, 2026-11-23`, `## ${lab} v1, 2026-11-23`]);
  });

  it("leaves alone what others wrote and labs that were published before", async () => {
    await course.publish();
    await course.elsewhere(
      `mkdir -p labs/00-intro notes && echo '{"cells":[]}' > labs/00-intro/00-intro.ipynb && echo hi > notes/a.md && git add . && git commit -qm x && git push -q`,
    );
    await course.edit("notebook.ts", "// **Clip before you store.**", "// **Clip first.**");
    await course.publish();
    expect(course.show("labs/00-intro/00-intro.ipynb")).to.equal('{"cells":[]}');
    expect(course.show("notes/a.md")).to.equal("hi");
  });

  it("gives edgelab's tarball another name where the same version was packed anew: npm installs a name once", async () => {
    await course.publish();
    const { plan } = await course.publish({ pack: async () => smallPackage("0.1.0", "two") });
    expect(plan.kind === "publish" && plan.changes).to.deep.equal([
      "edgelab-0.1.0-2 in place of edgelab-0.1.0: run npm install again.",
    ]);
    expect(course.files().filter((name) => name.endsWith(".tgz"))).to.deep.equal(["edgelab-0.1.0-2.tgz"]);
    expect(JSON.parse(course.show("package.json")).dependencies.edgelab).to.equal("file:edgelab-0.1.0-2.tgz");
    await course.publish({ pack: async () => smallPackage("0.2.0", "three") });
    expect(course.files().filter((name) => name.endsWith(".tgz"))).to.deep.equal(["edgelab-0.2.0.tgz"]);
  });

  it("brings what the notebook shows, and takes it away when the notebook shows it no more", async () => {
    await course.add("pictures/map one.svg", "<svg/>");
    await course.edit(
      "notebook.ts",
      "// **By hand first.**",
      '// ![A map](pictures/map%20one.svg "map")\n//\n// **By hand first.**',
    );
    await course.publish();
    expect(course.show(`labs/${lab}/pictures/map one.svg`)).to.equal("<svg/>");
    await course.edit("notebook.ts", '// ![A map](pictures/map%20one.svg "map")\n//\n', "");
    await course.publish();
    expect(course.files().join()).not.to.include("map one");
  });

  it("shows in a dry run what it would do, and does nothing of it", async () => {
    const { plan, searched } = await course.publish({ dryRun: true });
    expect(plan.kind === "publish" && plan.files.has(`labs/${lab}/release.json`)).to.equal(true);
    expect(searched.secrets).to.be.greaterThan(50);
    expect(course.git("for-each-ref")).to.equal("");
  });

  it("refuses a lab that was not verified, or was edited after it", async () => {
    const text = await readFile(path.join(course.labDir, "hidden", "q1.test.ts"), "utf8");
    await writeFile(path.join(course.labDir, "hidden", "q1.test.ts"), `${text}\n`);
    const { message } = await failure(course.publish());
    expect(message).to.include("npx --no-install grader verify 01-quantization");
  });

  it("refuses a notebook that is not what its source builds, such as one with outputs kept", async () => {
    const file = path.join(course.labDir, `${lab}.ipynb`);
    const notebook = await readFile(file, "utf8");
    await writeFile(
      file,
      notebook.replace('"outputs": []', '"outputs": [{"output_type":"stream","name":"stdout","text":"1"}]'),
    );
    expect((await failure(course.publish())).message).to.include("is not what notebook.ts builds");
  });

  it("leaves nothing behind where it worked", async () => {
    const temporary = path.join(course.folder, "tmp");
    await mkdir(temporary);
    const usual = process.env.TMPDIR;
    process.env.TMPDIR = temporary;
    try {
      await course.publish();
      await failure(course.publish({ remote: path.join(course.folder, "nowhere") }));
    } finally {
      if (usual === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = usual;
    }
    expect(readdirSync(temporary)).to.deep.equal([]);
  });
});
