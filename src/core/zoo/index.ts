export { teachingCnn, teachingMlp } from "./teaching.js";
