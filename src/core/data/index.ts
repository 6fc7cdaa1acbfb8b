export { cifar10 } from "./cifar10.js";
export { checkDataset, type Dataset, pick } from "./dataset.js";
export { type GlyphLevel, glyphs } from "./glyphs.js";
export { mnist, parseIdxImages, parseIdxLabels } from "./idx.js";
export { type PublishedFile, verifyFile } from "./published-files.js";
export { calibrationSet, type SplitOptions, split } from "./split.js";
