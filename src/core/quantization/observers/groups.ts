import { checkInteger } from "../../arguments.js";
import { LabError } from "../../errors.js";
import type { Tensor } from "../../tensor.js";
import { groupsOf } from "../groups.js";
import type { Granularity } from "../scheme.js";

/** The values that share a range, one array a group. */
export function valuesByGroup(x: Tensor, granularity: Granularity): Float32Array[] {
  const groups = groupsOf(x.shape, granularity);
  if (granularity.per === "tensor") return [x.data];
  const sizes = new Int32Array(groups.count);
  groups.forEachRun((start, end, group) => {
    sizes[group]! += end - start;
  });
  const values = Array.from(sizes, (size) => new Float32Array(size));
  const filled = new Int32Array(groups.count);
  groups.forEachRun((start, end, group) => {
    values[group]!.set(x.data.subarray(start, end), filled[group]);
    filled[group]! += end - start;
  });
  return values;
}

/** Throws a LabError unless this is a granularity; a stored one can be anything. */
export function checkGranularity(granularity: Granularity): void {
  const { per } = granularity;
  if (per === "tensor") return;
  if (per !== "channel" && per !== "block") {
    throw new LabError(
      "BAD_GRANULARITY",
      `there is no granularity per ${JSON.stringify(per)}`,
      'Choose per "tensor", "channel" or "block".',
    );
  }
  checkInteger(granularity.axis, "axis", Number.MIN_SAFE_INTEGER);
  if (per === "block") checkInteger(granularity.size, "the block size", 1);
}
