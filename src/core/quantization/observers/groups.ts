import type { Tensor } from "../../tensor.js";
import { checkGranularity, groupsOf } from "../groups.js";
import type { Granularity } from "../scheme.js";
import { checkPlain } from "./plain.js";

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

/** The granularity, checked, and nothing else that the object holds: a stored one can hold anything. */
export function granularityOf(granularity: Granularity): Granularity {
  for (const name of ["per", "axis", "size"]) checkPlain(Object(granularity)[name], name);
  checkGranularity(granularity);
  switch (granularity.per) {
    case "tensor":
      return { per: granularity.per };
    case "channel":
      return { per: granularity.per, axis: granularity.axis };
    case "block":
      return { per: granularity.per, axis: granularity.axis, size: granularity.size };
  }
}
