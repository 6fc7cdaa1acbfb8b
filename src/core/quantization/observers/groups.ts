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
