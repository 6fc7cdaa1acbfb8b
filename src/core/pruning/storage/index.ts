export { type Bitmap, decodeBitmap, encodeBitmap } from "./bitmap.js";
export { type ColumnIndices, type Csr, decodeCsr, encodeCsr } from "./csr.js";
export { type StorageReport, type StoredFormat, storageReport } from "./report.js";
export { decodeRunLength, encodeRunLength, type RunBits, type RunLength } from "./run-length.js";
