import { replaceByLoop } from "./replace-kernel.js";

/** Y[s, …] = Σ X[i, …] over the i whose id is s. The gradient of a gather, so of an embedding. */
export function installUnsortedSegmentSum(): void {
  replaceByLoop<"x" | "segmentIds", { readonly numSegments: number }>(
    "UnsortedSegmentSum",
    ({ x }, { numSegments }) => [numSegments, ...x.shape.slice(1)],
    ({ x, segmentIds }, { numSegments }, view, output) => {
      const [values, ids] = [view(x), view(segmentIds)];
      const size = values.length / ids.length;
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i]!;
        // Ids outside of the segments are dropped, as the other backends do.
        if (id < 0 || id >= numSegments) continue;
        for (let k = 0; k < size; k++) output[id * size + k]! += values[i * size + k]!;
      }
    },
  );
}
