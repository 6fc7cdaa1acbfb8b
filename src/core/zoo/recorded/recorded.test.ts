import { expect } from "chai";
import * as recorded from "./index.js";

describe("what is recorded", () => {
  for (const [name, { what, command, seed, backend, columns, rows }] of Object.entries(recorded)) {
    describe(name, () => {
      it("says what it is, and how it is made again", () => {
        expect(what).to.match(/A row is /);
        expect(command).to.equal(`npm run assets -- ${seed}`);
        expect(backend).to.be.oneOf(["tfjs-node", "wasm"]);
      });

      it("is a table of names and finite numbers, accuracies from 0 to 1", () => {
        expect(new Set(columns).size).to.equal(columns.length);
        expect(rows).not.to.be.empty;
        for (const row of rows) {
          expect(row).to.have.length(columns.length);
          for (const [i, value] of row.entries()) {
            if (typeof value === "number") expect(Number.isFinite(value), columns[i]).to.equal(true);
            if (columns[i]!.includes("accuracy")) expect(value).to.be.within(0, 1);
          }
        }
      });

      it("has each row once", () => {
        expect(new Set(rows.map((row) => row.join())).size).to.equal(rows.length);
      });
    });
  }
});
