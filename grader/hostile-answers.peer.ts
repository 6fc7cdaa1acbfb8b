import { join } from "node:path";
import { expect } from "chai";
import type { RunCell } from "../src/lab/restore/restore.js";
import { findLab } from "./authoring/find-lab.js";
import { Judges } from "./authoring/verify/judges.js";
import { loadSubject } from "./authoring/verify/subject.js";
import { packageRoot } from "./package-root.js";
import type { TestRecord } from "./pipeline/record.js";

/** An answer in which one function does as the reference but for what is written here; that is `honest` in it. */
interface Hostile {
  readonly what: string;
  readonly lab: string;
  readonly question: string;
  readonly name: string;
  readonly body: string;
  /** The tests that have to see through it. */
  readonly fails: readonly string[];
}

const hostile: readonly Hostile[] = [
  {
    what: "gives a layer a shape over which our own loops would take hours",
    lab: "02-pruning",
    question: "q3",
    name: "removeChannels",
    body: `const { first, second } = honest(...args);
      const side = 10_000;
      const data = new Float32Array(side);
      return { first: { weights: { shape: [1, 1, side, 1], data }, bias: new Float32Array(1) }, second };`,
    fails: ["computes with a flattened dense layer what the silenced network computes"],
  },
  {
    what: "gives so much that it can't be handed to the next call",
    lab: "02-pruning",
    question: "q3",
    name: "removeChannels",
    body: `const data = new Float32Array(2 ** 21 - 60);
      const layer = (data: Float32Array) => ({ weights: { shape: [1, data.length], data }, bias: new Float32Array(1) });
      return { first: layer(new Float32Array(1)), second: layer(data) };`,
    fails: ["saves the MACs and parameters that it should"],
  },
  {
    what: "gives scales that overflow in float32",
    lab: "01-quantization",
    question: "q6",
    name: "calibrate",
    body: `const params = honest(...args);
      for (const name of Object.keys(params)) params[name].scale = 1e308;
      return params;`,
    fails: ["keeps the accuracy of a trained network on digits that it has not seen"],
  },
  {
    what: "gives scales that are 0 in float32",
    lab: "01-quantization",
    question: "q6",
    name: "calibrate",
    body: `const params = honest(...args);
      for (const name of Object.keys(params)) params[name].scale = 1e-320;
      return params;`,
    fails: ["keeps the accuracy of a trained network on digits that it has not seen"],
  },
  {
    what: "hands in a network of its own in place of the one that it was to train",
    lab: "01-quantization",
    question: "q8",
    name: "trainQuantized",
    body: `const [start, inputs, labels, options] = args;
      if (start[0].length < 1000) return honest(...args);
      const own = start.map((w: Float32Array, layer: number) =>
        w.map((_, i) => options.limits[layer] * Math.sin(1 + 7919 * i)));
      return honest(own, inputs, labels, { ...options, rate: 0.2, epochs: 60 });`,
    fails: ["saves a network that rounding ruins"],
  },
  {
    what: "gives a structure that takes long to describe",
    lab: "01-quantization",
    question: "q2",
    name: "sqnr",
    body: `const wide = (depth: number): any => (depth === 0 ? "x".repeat(50) : Array.from({ length: 18 }, () => wide(depth - 1)));
      return { a: wide(4), b: Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => ["k" + i, i])) };`,
    fails: ["handles data that is all zero, and a perfect copy"],
  },
];

/** What judging may take of this process, which is the trusted one: a question takes a tenth of a second. */
const mostCpuMs = 8_000;

for (const id of [...new Set(hostile.map(({ lab }) => lab))])
  describe(`hostile answers to ${id}`, function () {
    this.timeout(120_000);
    let judges: Judges;
    let cellsOf: (attack: Hostile) => readonly RunCell[];
    before(async () => {
      const lab = findLab(join(packageRoot(), "labs", id));
      const options = { isolation: "auto", seeds: 1, jobs: 1 } as const;
      const subject = await loadSubject(lab, options);
      const { cells } = subject.lab.source;
      cellsOf = ({ question, name, body }) =>
        cells.flatMap(({ id, role, source, question: answered, reference }): RunCell[] => {
          if (role === "code") return [{ id, role, source }];
          if (role !== "answer" || answered !== question) return [];
          const kept = reference.replace(`function ${name}(`, "function honestly(");
          const text = `${kept}\nconst honest: any = honestly;\nfunction ${name}(...args: any[]): any { ${body} }`;
          return [{ id, role, question, source: text }];
        });
      judges = await Judges.open(subject, options);
    });
    after(() => judges?.close());

    for (const attack of hostile.filter(({ lab }) => lab === id))
      it(`fail, and stop nothing: one of ${attack.question} that ${attack.what}`, async () => {
        const before = process.cpuUsage();
        const request = { cells: cellsOf(attack), seeds: ["a"], question: attack.question };
        const { reports, seeds } = await judges.judge(request);
        const { user, system } = process.cpuUsage(before);
        expect(reports.map(({ message }) => message).join("")).to.equal("");
        const tests = seeds[0]?.questions[0]?.record.tests ?? [];
        const titled = (verdict: TestRecord["verdict"]) =>
          tests.filter((test) => test.verdict === verdict).map(({ title }) => title);
        const unjudged = tests.filter(({ verdict }) => verdict === "cannot-judge");
        expect(unjudged.map(({ title, message }) => `${title}: ${message}`)).to.deep.equal([]);
        expect(titled("fail")).to.include.members([...attack.fails]);
        expect((user + system) / 1000).to.be.below(mostCpuMs);
      });
  });
