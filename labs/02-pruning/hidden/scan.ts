/**
 * The teaching CNN on 600 hard digits, one layer pruned alone by magnitude: what the scan of the notebook's question 4
 * counts. The numbers are right answers of 600; the sparsities are sixteenths, of which every layer has a whole number.
 */
const right = [
  [564, 561, 562, 543, 510, 479, 409, 185],
  [564, 566, 555, 517, 486, 446, 349, 209],
  [564, 566, 563, 560, 561, 557, 551, 529],
  [564, 564, 502, 473, 449, 421, 327, 330],
];

export const cnnSparsities = [0, 4, 8, 10, 12, 13, 14, 15].map((sixteenths) => sixteenths / 16);

/** conv1, conv2, dense1, logits. */
export const cnnSizes = [144, 4608, 100352, 640];

export const cnnScans = right.map((counts) => ({
  sparsities: cnnSparsities,
  accuracies: counts.map((count) => count / 600),
}));
