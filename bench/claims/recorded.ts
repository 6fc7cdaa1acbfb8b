import {
  distillation,
  lotteryTickets,
  pruning,
  quantizationAwareTraining,
  type Recording,
} from "../../src/core/zoo/recorded/index.js";
import { trained } from "../../src/core/zoo/trained/residual-cnn-hard.js";
import { type Claim, percent, points, verdictOf } from "./claim.js";

/** Two standard errors of a difference of two shares near 0.93, over 2,000 images each: 2 · √(2 · 0.93 · 0.07 / 2000). */
const twoErrors = 0.016;
const noise = "With 2,000 test images, less than 1.6 points may be chance";

type Row = Record<string, number | string>;

/** What the recorded training runs show; `npm run assets` makes them anew. */
export function recorded(): readonly Claim[] {
  return [awareTraining(), iterative(), lostAccuracy(), tickets(), students()];
}

function rowsOf({ columns, rows }: Recording): Row[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? ""])));
}

const accuracy = (row: Row | undefined, column = "accuracy"): number => {
  if (typeof row?.[column] !== "number") throw new Error(`a recorded row has no ${column}`);
  return row[column];
};

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

function awareTraining(): Claim {
  const rows = rowsOf(quantizationAwareTraining);
  const widths = [8, 4, 3, 2].filter((bits) => rows.some((row) => row.bits === bits));
  const gains = widths.map((bits) => {
    const run = rows.filter((row) => row.bits === bits);
    return { bits, before: accuracy(run[0]), after: accuracy(run.at(-1)) };
  });
  return {
    slide: "Types of Quantization",
    says: "Quantization-aware training has the best accuracy",
    evidence: "recorded",
    found: `teaching CNN, without and with training, ${gains
      .map(({ bits, before, after }) => `${bits} bits: ${percent(before)} → ${percent(after)}`)
      .join("; ")}. ${noise}`,
    verdict: verdictOf(gains.map(({ before, after }) => after - before > twoErrors)),
    taught: "lab 1, q8",
  };
}

function lastOf(method: string, sparsity: number): number {
  const run = rowsOf(pruning).filter((row) => row.method === method && row["final sparsity"] === sparsity);
  return accuracy(run.at(-1));
}

function iterative(): Claim {
  const gains = [0.8, 0.9, 0.95, 0.98].map((sparsity) => ({
    sparsity,
    gain: lastOf("cubic", sparsity) - lastOf("oneShot", sparsity),
  }));
  return {
    slide: "Pruning Strategies",
    says: "Iterative pruning has better accuracy than one-shot pruning",
    evidence: "recorded",
    found: `equally many epochs each; gain of the cubic schedule: ${gains.map(({ sparsity, gain }) => `${points(gain)} at ${percent(sparsity, 0)} pruned`).join(", ")}. ${noise}`,
    verdict: verdictOf(gains.map(({ gain }) => gain > twoErrors)),
    taught: "lab 2, q5",
  };
}

function lostAccuracy(): Claim {
  const float = accuracy(rowsOf(pruning)[0]);
  const drops = [0.8, 0.9, 0.95, 0.98].map((sparsity) => ({
    sparsity,
    drop: lastOf("cubic", sparsity) - float,
  }));
  return {
    slide: "Optimization Techniques: Comparison",
    says: "Pruning costs 1–2 % accuracy (at 50 %)",
    evidence: "recorded",
    found: `teaching CNN, pruned little by little and trained: ${drops.map(({ sparsity, drop }) => `${points(drop)} at ${percent(sparsity, 0)}`).join(", ")}`,
    verdict: verdictOf(drops.map(({ drop }) => drop >= -0.02)),
    taught: "lab 2, q5",
  };
}

function tickets(): Claim {
  const rows = rowsOf(lotteryTickets);
  const rounds = [1, 2, 3, 5].map((round) => {
    const of = rows.filter((row) => row.round === round);
    const whole = mean(rows.filter((row) => row.round === 0).map((row) => accuracy(row, "ticket accuracy")));
    return {
      remaining: mean(of.map((row) => accuracy(row, "remaining"))),
      ticket: mean(of.map((row) => accuracy(row, "ticket accuracy"))) - whole,
      control: mean(of.map((row) => accuracy(row, "control accuracy"))) - whole,
    };
  });
  return {
    slide: "Pruning Strategies",
    says: "A subnetwork exists that can be trained to the same accuracy; found by pruning, reset and retraining",
    evidence: "recorded",
    found: `means of three repetitions, against the whole network: ${rounds.map(({ remaining, ticket, control }) => `with ${percent(remaining, 0)} of the weights ${points(ticket)} (other first weights: ${points(control)})`).join("; ")}`,
    verdict: verdictOf(rounds.map(({ ticket }) => ticket > -0.01)),
    taught: "lab 2, q6",
  };
}

function students(): Claim {
  const rows = rowsOf(distillation);
  const last = Math.max(...rows.map((row) => accuracy(row, "epoch")));
  const of = (weight: number): number =>
    mean(rows.filter((row) => row.weight === weight && row.epoch === last).map((row) => accuracy(row)));
  const teacher = trained.about.testAccuracy;
  const best = Math.max(of(0.9), of(0.5));
  return {
    slide: "Optimization Techniques: Comparison",
    says: "Knowledge distillation: the student can match the teacher",
    evidence: "recorded",
    found: `teacher ${percent(teacher)}; the tiny CNN ${percent(of(0))} by labels alone, ${percent(best)} with the teacher: ${points(best - of(0))}, and still ${points(best - teacher)} beside the teacher (means of three repetitions)`,
    verdict: verdictOf([best > of(0) + 0.005, best > teacher - 0.01]),
    taught: "",
  };
}
