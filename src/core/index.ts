export { LabError } from "./errors.js";
export { type Rng, seeded } from "./random.js";
