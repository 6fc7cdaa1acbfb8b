import { checkAxis } from "../../arguments.js";
import { LabError } from "../../errors.js";
import type { Tensor } from "../../tensor.js";
import type { Granularity } from "../scheme.js";

/** The values that share a range, one array a group: the whole tensor, or each channel of the axis. */
export function groupsOf(x: Tensor, granularity: Granularity): Float32Array[] {
  if (granularity.per === "tensor") return [x.data];
  checkGranularity(granularity);
  const axis = checkAxis(granularity.axis, x.shape);
  const channels = x.shape[axis]!;
  const inner = x.shape.slice(axis + 1).reduce((product, n) => product * n, 1);
  const outer = x.data.length / (channels * inner);
  return Array.from({ length: channels }, (_, channel) => {
    const values = new Float32Array(outer * inner);
    for (let i = 0; i < outer; i++) {
      const start = (i * channels + channel) * inner;
      values.set(x.data.subarray(start, start + inner), i * inner);
    }
    return values;
  });
}

export function checkGranularity(granularity: Granularity): void {
  const { per } = granularity;
  if (per === "tensor" || (per === "channel" && Number.isInteger(granularity.axis))) return;
  throw new LabError(
    "BAD_GRANULARITY",
    `an observer collects per tensor or per channel of an axis, got ${JSON.stringify(granularity)}`,
    'Pass { per: "tensor" } or { per: "channel", axis: 0 }; blocks are ranges of weights, which need no observer.',
  );
}
