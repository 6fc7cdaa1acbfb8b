export { depthwiseCnn, residualCnn } from "./blocks.js";
export { loadTrained, type TrainedName, trainedNames } from "./load-trained.js";
export { teachingCnn, teachingMlp, tinyCnn } from "./teaching.js";
export type { AboutTrained, GlyphSet } from "./trained/trained.js";
