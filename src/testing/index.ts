export { type Rng, seeded } from "../core/random.js";
export {
  finiteNumber,
  integer,
  numbers,
  record,
  reject,
  sameIntegers,
  typedArray,
  within,
} from "./matchers.js";
export { applyMutant, type Equivalent, equivalents, type Mutant, mutant } from "./mutant.js";
export {
  type Evaluator,
  type Question,
  type QuestionContext,
  question,
  type Student,
  type TestBody,
  type TestOptions,
} from "./question.js";
export {
  ArtifactRefused,
  CannotJudge,
  type RunOptions,
  runQuestion,
  type TestOutcome,
} from "./run-question.js";
