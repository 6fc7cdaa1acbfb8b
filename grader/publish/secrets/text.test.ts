import { expect } from "chai";
import fc from "fast-check";
import { literalsIn } from "./literals.js";
import { digitsOf, numbersIn } from "./secrets.js";
import { lineAt, squeeze } from "./text.js";

describe("looking for a text in another", () => {
  it("finds the line whatever white space is in it", () => {
    const word = fc.stringMatching(/^[a-z]{1,6}$/);
    const space = fc.stringMatching(/^[ \n\t]{1,3}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(word, space), { minLength: 1 }), (parts) => {
        const text = `${parts.map((part) => part.join("")).join("")}NEEDLE`;
        return lineAt(text, squeeze(text).indexOf("needle")) === text.split("\n").length;
      }),
    );
  });

  it("knows a number in each of its forms, and none in a name, a hash or a version", () => {
    const values = (text: string): string[] => numbersIn(text).map(({ value }) => value);
    expect(values("[0.71723, .71723, 717.23e-3, 0.717_23]")).to.deep.equal(Array(4).fill("0.71723"));
    expect(values("int8 c-8765a 0x1234 v1.2.3a q1")).to.deep.equal([]);
    expect(values("-1234, +5678.")).to.deep.equal(["1234", "5678"]);
  });

  it("counts the digits of a number that tell", () => {
    const counts = ["0.0108", "1500", "1.500", "127.7", "1e-7", "12345"].map(digitsOf);
    expect(counts).to.deep.equal([3, 2, 4, 4, 1, 5]);
  });

  it("reads strings and numbers of TypeScript, but no module's name and no line marked as public", () => {
    const code = `import { a } from "a module's name";
const b = "one" + \`two \${b} three\`; // x
const c = 4.5; // public
within(b, 6, "its label");`;
    const shown = literalsIn(code).map(({ value, line, isLabel }) => [value, line, isLabel]);
    expect(shown).to.deep.equal([
      ["one", 2, false],
      ["two ", 2, false],
      [" three", 2, false],
      ["6", 4, false],
      ["its label", 4, true],
    ]);
  });
});
