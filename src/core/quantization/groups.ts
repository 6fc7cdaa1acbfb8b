import { checkAxis, checkInteger } from "../arguments.js";
import { LabError } from "../errors.js";
import { sizeOf } from "../tensor.js";
import type { Granularity } from "./scheme.js";

/** How a tensor's elements fall into groups: a shape [outer, axis, inner] whose axis is cut into blocks. */
export interface Groups {
  /** How many groups there are. */
  readonly count: number;
  /** The shape that the groups' scales have: [] for a tensor, [channels], or x's shape with blocks on the axis. */
  readonly shape: readonly number[];
  /** Calls back for each run of neighbours in memory that share a group. */
  forEachRun(visit: (start: number, end: number, group: number) => void): void;
}

/**
 * The groups of a shape.
 *
 * @throws LabError for what is no granularity, an axis that the shape lacks, and a block size that is no positive
 *   integer.
 */
export function groupsOf(shape: readonly number[], granularity: Granularity): Groups {
  if (granularity?.per === "tensor") {
    return { count: 1, shape: [], forEachRun: (visit) => visit(0, sizeOf(shape), 0) };
  }
  checkGranularity(granularity);
  const axis = checkAxis(granularity.axis, shape);
  const length = shape[axis] ?? 0;
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  if (granularity.per === "channel") {
    return { count: length, shape: [length], forEachRun: channelRuns(outer, length, inner) };
  }
  const blocks = Math.ceil(length / granularity.size);
  return {
    count: outer * blocks * inner,
    shape: shape.map((n, i) => (i === axis ? blocks : n)),
    forEachRun: blockRuns({ outer, length, inner, size: granularity.size, blocks }),
  };
}

function channelRuns(outer: number, length: number, inner: number): Groups["forEachRun"] {
  return (visit) => {
    for (let run = 0; run < outer * length; run++) visit(run * inner, (run + 1) * inner, run % length);
  };
}

/** Throws a LabError unless this is a granularity; a stored one can be anything. */
export function checkGranularity(granularity: Granularity): void {
  if (granularity?.per === "tensor") return;
  if (granularity?.per !== "channel" && granularity?.per !== "block") {
    throw new LabError(
      "BAD_GRANULARITY",
      `there is no granularity per ${JSON.stringify(Object(granularity).per)}`,
      'Choose per "tensor", "channel" or "block".',
    );
  }
  if (!Number.isInteger(granularity.axis)) {
    throw new LabError(
      "BAD_AXIS",
      `axis must be an integer, got ${granularity.axis}`,
      "Count axes from 0, or from -1 for the last.",
    );
  }
  if (granularity.per === "block") checkInteger(granularity.size, "the block size", 1);
}

interface Blocks {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  readonly size: number;
  readonly blocks: number;
}

function blockRuns({ outer, length, inner, size, blocks }: Blocks): Groups["forEachRun"] {
  if (inner === 1) {
    return (visit) => {
      for (let group = 0; group < outer * blocks; group++) {
        const row = Math.floor(group / blocks);
        const start = row * length + (group % blocks) * size;
        visit(start, Math.min(start + size, (row + 1) * length), group);
      }
    };
  }
  // Neighbours in memory lie in different blocks: each run is one element.
  return (visit) => {
    for (let i = 0; i < outer * length * inner; i++) {
      const row = Math.floor(i / (length * inner));
      const place = Math.floor(i / inner) % length;
      visit(i, i + 1, (row * blocks + Math.floor(place / size)) * inner + (i % inner));
    }
  };
}
