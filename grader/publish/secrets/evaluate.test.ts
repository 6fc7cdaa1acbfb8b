import { expect } from "chai";
import { loadLab } from "../../authoring/load-lab.js";
import { Course, failure, hasGit, lab } from "../fixtures/course.js";
import { findLeaks, privateFiles } from "./scan.js";
import { secretsOf } from "./secrets.js";

const evaluate = `export const seedOfTheImages = () => "images that nobody has seen";
export const smallest = () => 0.71723;
`;

describe("a lab's evaluate.ts, when the lab is published", function () {
  this.timeout(60_000);
  let course: Course;

  before(function () {
    if (!hasGit) this.skip();
  });
  beforeEach(async () => {
    course = await Course.create();
    await course.add("evaluate.ts", evaluate);
    await course.verified();
  });
  afterEach(() => course?.remove());

  it("does not come along", async () => {
    await course.publish();
    const files = course.git("ls-tree", "-r", "--name-only", "main").split("\n");
    expect(files).to.include(`labs/${lab}/${lab}.ipynb`);
    expect(files.filter((file) => file.includes("evaluate"))).to.deep.equal([]);
  });

  it("is as secret as a hidden test, in its words, its numbers, as a copy and by its name", async () => {
    const loaded = await loadLab(course.labDir);
    const [secrets, privates] = [await secretsOf(loaded), await privateFiles(loaded)];
    const leaksOf = (file: string, text: string): string[] =>
      findLeaks(new Map([[file, Buffer.from(text)]]), secrets, privates).map(({ what }) => what);
    expect(leaksOf("a.md", "Images that nobody has seen.")).to.deep.equal([
      '"images that nobody has seen" of evaluate.ts:1',
    ]);
    expect(leaksOf("a.md", "At least .71723")).to.deep.equal(['"0.71723" of evaluate.ts:2']);
    expect(leaksOf("a.txt", evaluate)).to.deep.equal(["evaluate.ts"]);
    expect(leaksOf(`labs/${lab}/evaluate.ts`, "// changed")).to.deep.equal(["a file of the teacher's"]);
  });

  it("is not linked to by a notebook", async () => {
    await course.edit(
      "notebook.ts",
      "// **By hand first.**",
      "// [it](evaluate.ts)\n//\n// **By hand first.**",
    );
    expect((await failure(course.publish())).message).to.match(/evaluate\.ts.*students must not have/);
  });
});
