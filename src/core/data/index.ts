export { checkDataset, type Dataset, pick } from "./dataset.js";
