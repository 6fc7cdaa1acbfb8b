export { depthwiseCnn, residualCnn } from "./blocks.js";
export { teachingCnn, teachingMlp, tinyCnn } from "./teaching.js";
