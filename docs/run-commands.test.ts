import { expect } from "chai";
import { type Block, readCommands } from "./read-commands.js";
import { isAsShown, Workshop } from "./run-commands.js";

const fence = "```";
const page = `# A page

<!-- run -->
${fence}sh
echo one    # says one
${fence}

<!-- prints -->
${fence}text
one
${fence}

1. In a list:

   <!-- run in: week, exit 3, with: labs/01-quantization LICENSE -->
   ${fence}sh
   if true; then
     exit 3
   fi
   ${fence}

<!-- not run: it never ends -->
${fence}sh
yes
${fence}
<!-- run by: docs/readme.test.ts -->

${fence}sh
npx --no-install grader demo
${fence}

<!-- write in: week, to: course.yaml -->
${fence}yaml
title: T
${fence}

${fence}ts
const a = 1;
${fence}
`;

const inShell = (code: string, mark: Partial<Block["mark"]> = {}): Block => ({
  line: 1,
  code,
  mark: { kind: "run", exit: 0, copies: [], ...mark } as Block["mark"],
});

describe("a page's blocks of commands", () => {
  it("are read with their marks, and what they print", () => {
    expect(readCommands(page)).to.deep.equal({
      blocks: [
        {
          line: 4,
          code: "echo one    # says one",
          mark: { kind: "run", exit: 0, copies: [] },
          prints: "one",
        },
        {
          line: 16,
          code: "if true; then\n  exit 3\nfi",
          mark: { kind: "run", folder: "week", exit: 3, copies: ["labs/01-quantization", "LICENSE"] },
        },
        { line: 23, code: "yes", mark: { kind: "not run", why: "it never ends" } },
        {
          line: 28,
          code: "npx --no-install grader demo",
          mark: { kind: "run by", file: "docs/readme.test.ts" },
        },
        { line: 33, code: "title: T", mark: { kind: "write", folder: "week", file: "course.yaml" } },
      ],
      problems: [],
    });
  });

  const wrong: [what: string, text: string, problem: RegExp][] = [
    ["no mark", `Text.\n${fence}sh\nls\n${fence}\n`, /^2: a block of commands has no mark/],
    ["text between mark and block", `<!-- run -->\nText.\n${fence}sh\nls\n${fence}\n`, /^3: .* no mark/],
    ["a mark that is not known", `<!-- runs -->\n${fence}sh\nls\n${fence}\n`, /^2: .* no mark/],
    ["no reason", `<!-- not run: -->\n${fence}sh\nls\n${fence}\n`, /^2: .* no mark/],
    ["another name for sh", `${fence}bash\nls\n${fence}\n`, /^1: write sh in place of bash/],
    ["output of nothing", `<!-- prints -->\n${fence}text\nls\n${fence}\n`, /^2: what prints this\?/],
  ];
  for (const [what, text, problem] of wrong)
    it(`are refused with ${what}`, () => {
      const { problems } = readCommands(text);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(problem);
    });

  it("are told from text inside of another block", () => {
    expect(readCommands(`${fence}text\n<!-- run -->\n  ${fence}sh\n${fence}\n`).blocks).to.deep.equal([]);
  });
});

describe("running a block", () => {
  let workshop: Workshop;
  before(() => {
    workshop = new Workshop();
  });
  after(() => workshop.close());

  it("gives the exit code and what it printed, and stops at the first command that fails", async () => {
    const outcome = await workshop.run(inShell("echo out; echo err >&2; false; echo more"), 10_000);
    expect(outcome).to.deep.equal({ exit: 1, stdout: "out\n", stderr: "err\n", late: false });
  });

  it("begins in an empty folder, or where the last block of that name ended", async () => {
    const ls = inShell("ls");
    await workshop.run(inShell("touch a", { folder: "week" } as Partial<Block["mark"]>), 10_000);
    expect((await workshop.run(ls, 10_000)).stdout).to.equal("");
    const again = inShell("ls", { folder: "week" } as Partial<Block["mark"]>);
    expect((await workshop.run(again, 10_000)).stdout).to.equal("a\n");
  });

  it("finds the files that the page shows", async () => {
    const file: Block = { line: 1, code: "a: 1", mark: { kind: "write", folder: "files", file: "a.yaml" } };
    await workshop.run(file, 10_000);
    const block = inShell("cat a.yaml", { folder: "files" } as Partial<Block["mark"]>);
    expect((await workshop.run(block, 10_000)).stdout).to.equal("a: 1\n");
  });

  it("copies what the block asks for from the repository", async () => {
    const block = inShell("ls labs", { copies: ["labs/01-quantization"] } as Partial<Block["mark"]>);
    expect((await workshop.run(block, 10_000)).stdout).to.equal("01-quantization\n");
  });

  it("has this edgelab's commands, and a git that knows a name", async () => {
    const version = await workshop.run(
      inShell("npx --no-install grader --help; git config user.name"),
      30_000,
    );
    expect(version.stderr).to.equal("");
    expect(version.stdout).to.match(/^Usage: grader[\s\S]*\nDocs\n$/);
  });

  it("is not asked, and is stopped with all that it started when it does not end", async () => {
    expect(
      (await workshop.run(inShell("read -r answer", { exit: 1 } as Partial<Block["mark"]>), 10_000)).exit,
    ).to.equal(1);
    const started = Date.now();
    const { late } = await workshop.run(inShell("sleep 60 & sleep 60"), 300);
    expect(late).to.equal(true);
    expect(Date.now() - started).to.be.below(10_000);
  });
});

describe("a shown output", () => {
  const cases: [output: string, shown: string, same: boolean][] = [
    ["a\nb\n", "a\nb", true],
    ["a\nb\n", "a", false],
    ["a\n", "a\nb", false],
    ["in /tmp/x-1/feedback done\n", "in …/feedback done", true],
    ["in /tmp/x-1/feedbacks done\n", "in …/feedback done", false],
    ["a\n1\n2\n3\nz\n", "a\n…\nz", true],
    ["a\nz\n", "a\n…\nz", true],
    ["a\n1\n", "a\n…\nz", false],
    ["took 12.5 s, 3 ms\n", "took 4 s, 7 ms", true],
    ["took 12.5 kg\n", "took 4 kg", false],
    ["1+1 (a|b)\n", "1+1 (a|b)", true],
    ["a   \n", "a", true],
  ];
  for (const [output, shown, same] of cases)
    it(`${JSON.stringify(shown)} is ${same ? "" : "not "}${JSON.stringify(output)}`, () => {
      expect(isAsShown(output, shown)).to.equal(same);
    });
});
