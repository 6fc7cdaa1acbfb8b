import { expect } from "chai";
import fc from "fast-check";
import { classify, type Deadline, type Version } from "./classify.js";

const due = new Date("2026-11-23T12:00:00Z");
const deadline: Deadline = { due, graceMinutes: 10 };
const at = (minutes: number): Date => new Date(due.getTime() + minutes * 60_000);

function version(id: string, window: { after?: number; by: number }, own = window.by, more = {}): Version {
  const after = window.after === undefined ? {} : { after: at(window.after) };
  return { id, content: id, by: at(window.by), ownDate: at(own), ...after, ...more };
}

const minutes = fc.integer({ min: -10_000, max: 10_000 });
const contents = fc.constantFrom("a", "b", "c");
/** Versions as collects see them: each came between one look and the next. */
const seenOneAfterTheOther = fc
  .tuple(fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), minutes, contents), { maxLength: 12 }), minutes)
  .map(([steps, start]) => {
    let time = start;
    return steps.map(([step, own, content], index) => {
      const after = time;
      time += step;
      return version(String(index), { after, by: time }, own, { content });
    });
  });

describe("which version counts", () => {
  it("is the last one before the due date and its grace, and the last one after", () => {
    const versions = [
      version("early", { after: -100, by: -50 }),
      version("in the grace", { after: 0, by: 10 }),
      version("late", { after: 10, by: 30 }),
      version("later", { after: 30, by: 70 }, 65),
    ];
    const { onTime, late } = classify(versions, deadline);
    expect(onTime).to.include({ version: versions[1], certainty: "certain", lateMinutes: 0 });
    expect(late).to.include({ version: versions[3], certainty: "certain", lateMinutes: 65 });
  });

  it("is decided by a version's own date only where nobody looked in time", () => {
    const decide = (own: number) => classify([version("a", { by: 60 }, own)], deadline);
    expect(decide(-5).onTime?.certainty).to.equal("own-date");
    expect(decide(40).late).to.include({ certainty: "own-date", lateMinutes: 40 });
    const future = decide(500).onTime;
    expect(future?.certainty).to.equal("unclear");
    expect(future?.doubt).to.match(/future/);
  });

  it("makes nobody late by a file's time alone", () => {
    const [file] = [version("a", { by: 60 }, 40, { lateNeedsPerson: true })];
    const { onTime, late } = classify(file ? [file] : [], deadline);
    expect(onTime?.certainty).to.equal("unclear");
    expect(late).to.equal(undefined);
  });

  it("counts the same bytes once: a late push that changes nothing is not late", () => {
    const versions = [version("a", { by: -5 }), version("b", { after: 20, by: 30 }, 25, { content: "a" })];
    expect(classify(versions, deadline)).to.have.keys(["onTime"]);
  });

  it("never looks at a version's own date where the time of handing in is known", () => {
    fc.assert(
      fc.property(seenOneAfterTheOther, fc.array(minutes, { minLength: 12 }), (versions, others) => {
        const last = at(deadline.graceMinutes).getTime();
        const known = versions.filter(
          ({ after, by }) => by.getTime() <= last || (after && after.getTime() >= last),
        );
        const redated = known.map((one, index) => ({ ...one, ownDate: at(others[index] ?? 0) }));
        const [first, second] = [classify(known, deadline), classify(redated, deadline)];
        expect(second.onTime?.version.id).to.equal(first.onTime?.version.id);
        expect(second.late?.version.id).to.equal(first.late?.version.id);
      }),
    );
  });

  it("never lets what comes after the due date change what was on time", () => {
    fc.assert(
      fc.property(seenOneAfterTheOther, contents, minutes, (versions, content, own) => {
        const before = classify(versions, deadline).onTime?.version.id;
        const last = versions.at(-1)?.by.getTime() ?? 0;
        const start = Math.max(deadline.graceMinutes, (last - due.getTime()) / 60_000);
        const more = version("more", { after: start, by: start + 5 }, own, { content });
        expect(classify([...versions, more], deadline).onTime?.version.id).to.equal(before);
      }),
    );
  });

  it("never harms a student by an extension or more grace", () => {
    fc.assert(
      fc.property(seenOneAfterTheOther, fc.integer({ min: 0, max: 5000 }), (versions, extra) => {
        const longer = { due: at(extra), graceMinutes: 10 };
        const [before, after] = [classify(versions, deadline).onTime, classify(versions, longer).onTime];
        if (before) expect(Number(after?.version.id)).to.be.at.least(Number(before.version.id));
      }),
    );
  });

  it("takes for late only what nobody can take for on time, and by a minute at least", () => {
    fc.assert(
      fc.property(seenOneAfterTheOther, (versions) => {
        const { onTime, late } = classify(versions, deadline);
        if (!late) return;
        const { by, after } = late.version;
        expect(by.getTime()).to.be.above(at(deadline.graceMinutes).getTime());
        expect(late.lateMinutes).to.be.at.least(1);
        expect(at(late.lateMinutes - 1).getTime()).to.be.below(by.getTime());
        expect(late.version.content).not.to.equal(onTime?.version.content);
        if (onTime) expect(Number(late.version.id)).to.be.above(Number(onTime.version.id));
        if (after && after > due) expect(at(late.lateMinutes).getTime()).to.be.at.least(after.getTime());
      }),
    );
  });

  it("is the last one where there is no due date, and nothing where there is no version", () => {
    const versions = [version("a", { by: 5 }), version("b", { by: 50 })];
    expect(classify(versions, undefined).onTime?.version.id).to.equal("b");
    expect(classify([], deadline)).to.deep.equal({});
  });
});
