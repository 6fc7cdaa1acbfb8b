export { LabError } from "./errors.js";
export { type Rng, seeded } from "./random.js";
export {
  type NumberArray,
  normalTensor,
  sizeOf,
  type Tensor,
  tensor,
  uniformTensor,
} from "./tensor.js";
