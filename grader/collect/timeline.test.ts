import { expect } from "chai";
import { type Push, parseReflog } from "./reflog.js";
import { timelineOf } from "./timeline.js";

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 23, 12, minute));
const sighting = (minute: number, tip: string | null, branch = "main") => ({
  ...{ asked: at(minute), answered: at(minute) },
  ...{ branch: tip === null ? null : branch, tip },
});
const reflog = (...pushes: readonly Push[]) => ({ branch: "main", pushes });
const push = (minute: number, tip: string) => ({ tip, at: at(minute) });

describe("when each tip came", () => {
  it("is between the look at which it was not there and the one at which it was", () => {
    const { events } = timelineOf(
      [sighting(1, null), sighting(5, "a"), sighting(9, "a"), sighting(20, "b")],
      reflog(),
    );
    expect(events).to.deep.equal([
      { tip: "a", after: at(1), by: at(5), evidence: "collects" },
      { tip: "b", after: at(9), by: at(20), evidence: "collects" },
    ]);
  });

  it("has no beginning for what was there at the first look", () => {
    expect(timelineOf([sighting(5, "a")], reflog()).events).to.deep.equal([
      { tip: "a", by: at(5), evidence: "collects" },
    ]);
  });

  it("has no beginning where another branch was looked at before", () => {
    const { events } = timelineOf([sighting(1, "a"), sighting(5, "b", "work")], reflog());
    expect(events[1]).to.deep.equal({ tip: "b", by: at(5), evidence: "collects", branchChanged: true });
  });

  it("is what the reflog says, also of tips that nobody saw", () => {
    const { events } = timelineOf(
      [sighting(5, "a"), sighting(30, "c")],
      reflog(push(3, "a"), push(8, "b"), push(12, "c")),
    );
    expect(events.map(({ tip, by, evidence }) => [tip, by, evidence])).to.deep.equal([
      ["a", at(3), "reflog"],
      ["b", at(8), "reflog"],
      ["c", at(12), "reflog"],
    ]);
  });

  it("keeps what was seen before the reflog begins", () => {
    const { events, reflogContradicts } = timelineOf(
      [sighting(1, "a"), sighting(30, "b")],
      reflog(push(20, "b")),
    );
    expect(reflogContradicts).to.equal(false);
    expect(events.map(({ tip, evidence }) => [tip, evidence])).to.deep.equal([
      ["a", "collects"],
      ["b", "reflog"],
    ]);
  });

  it("believes no reflog that has a tip before a look at which another one was there", () => {
    const { events, reflogContradicts } = timelineOf(
      [sighting(10, "a"), sighting(30, "b")],
      reflog(push(5, "b")),
    );
    expect(reflogContradicts).to.equal(true);
    expect(events.map(({ evidence }) => evidence)).to.deep.equal(["collects", "collects"]);
  });

  it("reads a reflog's lines, whatever name a student has given, and no deletion of the branch", () => {
    const [a, b, none] = ["a".repeat(40), "b".repeat(40), "0".repeat(40)];
    const text = [
      `${none} ${a} A > Name 1 +0000 <x> 1795432200 +0100\tpush`,
      `${a} ${none} S <s@example.org> 1795432210 +0000\tpush: deleted`,
      `${a} ${b} S <> 1795432260 -0930`,
      "garbage",
      "",
    ].join("\n");
    expect(parseReflog(text)).to.deep.equal([
      { tip: a, at: new Date(1795432200_000) },
      { tip: b, at: new Date(1795432260_000) },
    ]);
  });
});
