import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { LabError } from "../core/errors.js";
import { affineParams, roundHalfToEven } from "../core/quantization/index.js";
import { check, runCheck } from "./check.js";

const lab = resolve(import.meta.dirname, "../../bench/fixtures/01-quantization");

/** What a student writes for question 1. */
function quantize(x: Float32Array, scale: number, zeroPoint: number, bits = 8): Uint8Array {
  const top = 2 ** bits - 1;
  return Uint8Array.from(x, (value) =>
    Math.min(Math.max(roundHalfToEven(value / scale + zeroPoint), 0), top),
  );
}

function dequantize(q: Uint8Array, scale: number, zeroPoint: number): Float32Array {
  return Float32Array.from(q, (code) => scale * (code - zeroPoint));
}

async function refusal(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
  } catch (error) {
    expect(error).to.be.instanceOf(LabError);
    return (error as LabError).message;
  }
  throw new Error("nothing was thrown");
}

/** What `act` shows: HTML where there is a kernel, else text. */
async function shownBy(
  act: () => Promise<void>,
  tslab?: object,
): Promise<{ html: string[]; text: string[] }> {
  const shown = { html: [] as string[], text: [] as string[] };
  const log = console.log;
  const html = (part: string) => shown.html.push(part);
  if (tslab) Object.assign(globalThis, { __tslab__: { require: () => ({ display: { html } }), ...tslab } });
  console.log = (line: string) => shown.text.push(line);
  try {
    await act();
  } finally {
    console.log = log;
    Reflect.deleteProperty(globalThis, "__tslab__");
  }
  return shown;
}

describe("check", () => {
  let folder: string;
  const home = process.cwd();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "edgelab-check-"));
  });
  afterEach(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });

  it("passes right answers and says what it looked at", async () => {
    const { outcomes } = await runCheck("q1", lab, { names: { affineParams, quantize, dequantize } });
    expect(outcomes.map(({ verdict }) => verdict)).to.deep.equal(["pass", "pass", "pass"]);
    expect(outcomes[0]?.title).to.equal("reproduces the worked example");
  });

  it("says what a wrong answer gave and what was expected", async () => {
    const truncated = (min: number, max: number, bits: number) => {
      const { scale } = affineParams(min, max, bits);
      return { scale, zeroPoint: Math.trunc(-min / scale) };
    };
    const { outcomes } = await runCheck("q1", lab, {
      names: { affineParams: truncated, quantize, dequantize },
    });
    expect(outcomes[0]).to.include({
      verdict: "fail",
      message: "zeroPoint at index 0: got 115, expected 116",
    });
  });

  it("names a function whose cell has not been run", async () => {
    const { outcomes } = await runCheck("q1", lab, { names: {} });
    for (const { verdict, message } of outcomes) {
      expect(verdict).to.equal("fail");
      expect(message).to.include("affineParams is not defined");
    }
  });

  it("tells a plain array from a typed one, as the grader does", async () => {
    const names = {
      affineParams,
      dequantize,
      quantize: (...args: Parameters<typeof quantize>) => [...quantize(...args)],
    };
    const { outcomes } = await runCheck("q1", lab, { names });
    expect(outcomes[0]?.message).to.equal("quantize: expected a Uint8Array, got an array of 5");
  });

  it("names the questions there are, for one that there is not", async () => {
    for (const id of ["q9", "../hidden/q1", ""]) {
      expect(await refusal(() => runCheck(id, lab, { names: {} }))).to.include("Check one of q1, q2, q3.");
    }
  });

  it("names the question that was meant", async () => {
    for (const id of ["Q1", " q1", "question 1", 1 as unknown as string]) {
      expect(await refusal(() => runCheck(id, lab, { names: {} }))).to.include('Did you mean check("q1")?');
    }
    process.chdir(lab);
    const { text } = await shownBy(() => (check as () => Promise<void>)());
    expect(text).to.deep.equal(["check: no question is named. Check one of q1, q2, q3."]);
  });

  it("says how long the tests took", async () => {
    const { testMs, outcomes } = await runCheck("q1", lab, { names: { affineParams, quantize, dequantize } });
    expect(testMs).to.have.length(outcomes.length);
    for (const ms of testMs) expect(ms).to.be.within(0, 5000);
  });

  it("says so in one line where there are no public tests, and does not throw", async () => {
    process.chdir(folder);
    const { text, html } = await shownBy(() => check("q1"));
    expect(html).to.deep.equal([]);
    expect(text).to.have.length(1);
    expect(text[0]).to.match(/^check: there are no public tests here, so q1 was not checked\. [^\n]+$/);
  });

  it("shows HTML in a kernel, and text outside of one", async () => {
    process.chdir(lab);
    const inKernel = await shownBy(() => check("q1"), { exports: { affineParams, quantize, dequantize } });
    expect(inKernel.text).to.deep.equal([]);
    expect(inKernel.html[0]).to.include("4 of 4 points of the public tests");
    const outside = await shownBy(() => check("q1"));
    expect(outside.text[0]).to.include("q1: 0 of 4 points of the public tests");
  });

  it("loads a public test again after it has changed", async () => {
    mkdirSync(join(folder, "public"));
    const file = join(folder, "public/q1.test.ts");
    const titled = (title: string) =>
      `export default { id: "q1", define: ({ test }: any) => test(1, "${title}", () => {}) };`;
    writeFileSync(file, titled("first"));
    expect((await runCheck("q1", folder, { names: {} })).outcomes[0]?.title).to.equal("first");
    await new Promise((resolve) => setTimeout(resolve, 10));
    writeFileSync(file, titled("second"));
    expect((await runCheck("q1", folder, { names: {} })).outcomes[0]?.title).to.equal("second");
  });

  it("says which file is broken", async () => {
    mkdirSync(join(folder, "public"));
    writeFileSync(join(folder, "public/q1.test.ts"), "export default 3 +;");
    expect(await refusal(() => runCheck("q1", folder, { names: {} }))).to.include(
      "q1.test.ts can't be loaded",
    );
    writeFileSync(join(folder, "public/q2.test.ts"), "export default 3;");
    expect(await refusal(() => runCheck("q2", folder, { names: {} }))).to.include("exports no question");
  });

  it("warns of an import that the grader does not have", async () => {
    mkdirSync(join(folder, "public"));
    writeFileSync(join(folder, "public/q1.test.ts"), 'export default { id: "q1", define: () => {} };');
    writeFileSync(
      join(folder, "lab.ts"),
      'export default { id: "x", packages: ["chai"], withheld: ["core/quantization"] };',
    );
    const cell = (source: string, role = "answer") => ({
      cell_type: "code",
      metadata: { edgelab: { role } },
      source,
    });
    const cells = [
      cell('import { expect } from "chai";\nimport { affineParams } from "edgelab/core/quantization";'),
      cell('import { shuffle } from "lodash";', "explore"),
    ];
    writeFileSync(join(folder, "lab.ipynb"), JSON.stringify({ cells }));
    const expected = [
      'The grader does not have "edgelab/core/quantization": the cell that imports it will fail there.',
    ];
    expect((await runCheck("q1", folder, { names: {} })).notes).to.deep.equal(expected);
    // A published course has no lab.ts.
    rmSync(join(folder, "lab.ts"));
    const limits = { cellCpuMs: 1, callCpuMs: 1, memoryBytes: 1 };
    const rules = { id: "x", title: "X", packages: ["chai"], withheld: ["core/quantization"], limits };
    const rest = { release: "abc", questions: [], written: [], cells: [] };
    writeFileSync(join(folder, "release.json"), JSON.stringify({ ...rules, ...rest }));
    expect((await runCheck("q1", folder, { names: {} })).notes).to.deep.equal(expected);
  });
});
