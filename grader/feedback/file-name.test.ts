import { expect } from "chai";
import fc from "fast-check";
import { feedbackFileName } from "./file-name.js";

describe("the name of a feedback page", () => {
  it("is the student's id where that is a plain name", () => {
    expect(feedbackFileName("ada.lovelace-1815_x")).to.equal("ada.lovelace-1815_x.html");
  });

  it("encodes the rest as in a URL", () => {
    expect(feedbackFileName("Zoë Ng")).to.equal("Zo%C3%AB%20Ng.html");
    expect(feedbackFileName("a/b\\c%d")).to.equal("a%2Fb%5Cc%25d.html");
    expect(feedbackFileName("../x")).to.equal("%2E%2E%2Fx.html");
    expect(feedbackFileName("a..b")).to.equal("a.%2Eb.html");
  });

  it("is always a short, visible name of safe characters", () => {
    const ids = fc.string({ unit: "grapheme", maxLength: 100 });
    const dots = fc.string({ unit: fc.constantFrom(".", "/", "a", "%"), maxLength: 8 });
    fc.assert(
      fc.property(fc.oneof(ids, dots), (student) => {
        const name = feedbackFileName(student);
        expect(name).to.match(/^[A-Za-z0-9._%~-]{5,143}$/);
        expect(name).to.not.include("..");
        expect(name.charAt(0)).to.not.equal(".");
      }),
    );
  });

  it("differs for students that differ, however long and alike", () => {
    const students = [
      "a",
      "A",
      "a ",
      "%61",
      "é",
      "e\u0301",
      "a".repeat(200),
      "a".repeat(201),
      "李".repeat(90),
    ];
    expect(new Set(students.map(feedbackFileName)).size).to.equal(students.length);
  });
});
