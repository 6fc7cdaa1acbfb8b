import { expect } from "chai";
import { parsePercent } from "../../percent.js";
import { locateCells } from "../notebook-lines.js";
import { type AutomaticMutant, automaticMutants } from "./mutate.js";

/** The mutants of a function with these lines as its solution. */
function mutantsOf(...solution: readonly string[]): AutomaticMutant[] {
  const text = [
    '// %% question q1 points=1 title="One"',
    "function f(a: number, b: number, list: number[] = [1 + 1]): any {",
    "  // BEGIN SOLUTION",
    ...solution.map((line) => `  ${line}`),
    "  // END SOLUTION",
    "}",
  ].join("\n");
  const [answer] = locateCells(text, parsePercent(text).cells);
  return answer ? automaticMutants(answer, ["roundHalfToEven"]) : [];
}

/** What stands in the place of the one line of the solution. */
const variants = (line: string): string[] => mutantsOf(line).map(({ after }) => after.join("\n"));

describe("automatic mutants", () => {
  it("swap operators and leave out operands", () => {
    expect(variants("return a * b;")).to.deep.equal(["return a / b;", "return a;", "return b;"]);
    expect(variants("return a < b;")).to.deep.equal(["return a <= b;", "return a > b;"]);
    expect(variants("return -a;")).to.deep.equal(["return a;"]);
    expect(variants("a += b;")).to.deep.equal(["a -= b;", "a = b;"]);
    expect(variants("a++;")).to.deep.equal(["a--;"]);
  });

  it("leave the neighbours of an operator what they had", () => {
    expect(variants("return a / b ** 2;")).to.include("return a / (b * 2);");
    expect(variants("return a * Math.min(a - b, b);")).to.include("return a * (a - b);");
    expect(variants("return 2 * (a + b);")).to.include("return 2 * (a - b);");
  });

  it("change numbers, exponents and truth values", () => {
    expect(variants("return 127;")).to.deep.equal(["return 126;", "return 128;"]);
    expect(variants("return 0;")).to.deep.equal(["return 1;", "return -1;"]);
    expect(variants("return 0.25;")).to.deep.equal(["return 0;", "return 0.5;"]);
    expect(variants("return 2 ** a;")).to.include.members(["return 2 ** (a - 1);", "return 2 ** (a + 1);"]);
    expect(variants("return true;")).to.deep.equal(["return false;"]);
    expect(variants("return Infinity;")).to.deep.equal(["return 0;", "return -Infinity;"]);
  });

  it("round in another way, or not at all, also by a function of the lab's own", () => {
    expect(variants("return Math.round(a);")).to.deep.equal([
      "return roundHalfToEven(a);",
      "return Math.floor(a);",
      "return Math.ceil(a);",
      "return Math.trunc(a);",
      "return a;",
    ]);
    expect(variants("return roundHalfToEven(a);")).to.include("return Math.round(a);");
  });

  it("swap bounds, drop a clamp, take another logarithm", () => {
    expect(variants("return Math.min(a, b);")).to.deep.equal([
      "return Math.max(a, b);",
      "return a;",
      "return b;",
    ]);
    expect(variants("return Math.log10(a);")).to.deep.equal([
      "return Math.log(a);",
      "return Math.log2(a);",
      "return a;",
    ]);
  });

  it("take one branch always", () => {
    expect(variants("if (a) return 5;")).to.include.members(["if (false) return 5;", "if (true) return 5;"]);
    expect(variants("return a ? b : a;")).to.deep.equal(["return b;", "return a;"]);
  });

  it("begin, end and read one place off", () => {
    expect(variants("return list.slice(a, b);")).to.deep.equal([
      "return list.slice(a + 1, b);",
      "return list.slice(a - 1, b);",
      "return list.slice(a, b + 1);",
      "return list.slice(a, b - 1);",
    ]);
    expect(variants("return list[a];")).to.deep.equal(["return list[a + 1];", "return list[a - 1];"]);
    expect(variants("return Array.from({ length: a });")).to.include("return Array.from({ length: a - 1 });");
  });

  it("leave alone what stands outside of the solution, types, and defaults that no input reaches", () => {
    expect(variants("return list;")).to.deep.equal([]);
    expect(variants("const x: 5 | 6 = undefined;")).to.deep.equal([]);
    expect(variants("const [first = 7] = list;")).to.deep.equal([]);
    expect(variants("return list[0] ?? 9;")).to.deep.equal(["return list[1] ?? 9;", "return list[-1] ?? 9;"]);
  });

  it("come once each, and none is the reference", () => {
    const found = mutantsOf("const x = a + 1;", "return x - 0;");
    const programs = found.map(({ source }) => source.replace(/[\s()]/g, ""));
    expect(new Set(programs).size).to.equal(programs.length);
    expect(variants("return Math.min(a, a);")).to.deep.equal(["return Math.max(a, a);", "return a;"]);
  });

  it("say where they are, with the lines that differ", () => {
    const [first] = mutantsOf("const sum =", "  a *", "  b;", "return sum;");
    expect(first).to.include({ question: "q1", line: 5 });
    expect(first?.before).to.deep.equal(["a *"]);
    expect(first?.after).to.deep.equal(["a /"]);
    const dropped = mutantsOf("const sum =", "  a *", "  b;", "return sum;").find(
      ({ before }) => before.length > 1,
    );
    expect(dropped?.before).to.deep.equal(["a *", "b;"]);
    expect(dropped?.after).to.deep.equal(["a;"]);
  });
});
