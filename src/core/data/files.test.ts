import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { LabError } from "../errors.js";
import { cifar10 } from "./cifar10.js";
import { mnist, parseIdxImages, parseIdxLabels } from "./idx.js";
import { type PublishedFile, sha256, verifyFile } from "./published-files.js";

interface IdxCase {
  readonly images: string;
  readonly labels: string;
  readonly sha256: string;
  readonly shape: number[];
  readonly pixels: string;
  readonly classes: number[];
  readonly scaled: string;
}
interface CifarCase {
  readonly batches: string[];
  readonly shape: number[];
  readonly labels: number[];
  readonly scaled: string;
}
const fixtures: { idx: IdxCase[]; cifar10: CifarCase[] } = JSON.parse(
  readFileSync(new URL("./fixtures/files.json", import.meta.url), "utf8"),
);

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, "base64"));
const floatsOf = (text: string) => new Float32Array(bytesOf(text).buffer);
const first = fixtures.idx[0]!;
const images = bytesOf(first.images);
const labels = bytesOf(first.labels);
const batch = bytesOf(fixtures.cifar10[0]!.batches[0]!);

/** The bytes with some of them replaced. */
const changed = (bytes: Uint8Array, changes: Record<number, number>) =>
  bytes.map((byte, i) => changes[i] ?? byte);

function expectError(work: () => unknown, code: string, problem: string): void {
  expect(work).to.throw(LabError, problem).with.property("code", code);
}

describe("the files of MNIST", () => {
  for (const [i, file] of fixtures.idx.entries()) {
    it(`are read as numpy reads them, ${file.shape.join("×")} (file ${i})`, () => {
      expect(parseIdxImages(bytesOf(file.images))).to.deep.equal({
        shape: file.shape,
        data: bytesOf(file.pixels),
      });
      expect([...parseIdxLabels(bytesOf(file.labels))]).to.deep.equal(file.classes);
      const data = mnist({ images: bytesOf(file.images), labels: bytesOf(file.labels) });
      expect(data.inputs).to.deep.equal({ shape: [...file.shape, 1], data: floatsOf(file.scaled) });
      expect(data.labels).to.deep.equal(Int32Array.from(file.classes));
    });
  }

  it("are read from the middle of a larger buffer, and left alone", () => {
    const larger = new Uint8Array(images.length + 7).fill(9);
    larger.set(images, 3);
    const before = larger.slice();
    const { data } = parseIdxImages(larger.subarray(3, 3 + images.length));
    expect(data).to.deep.equal(bytesOf(first.pixels));
    data.fill(0);
    expect(larger).to.deep.equal(before);
  });

  it("are refused while compressed, with what to do", () => {
    const packed = Uint8Array.from(gzipSync(images));
    expectError(() => parseIdxImages(packed), "COMPRESSED", "compressed with gzip. Unpack it first");
    expectError(() => parseIdxLabels(packed), "COMPRESSED", "the file of labels is compressed");
  });

  it("are refused when cut short or too long", () => {
    expectError(
      () => parseIdxImages(images.subarray(0, -1)),
      "BAD_LENGTH",
      "2351 bytes of data, its header says 2352",
    );
    expectError(() => parseIdxImages(Uint8Array.of(...images, 0)), "BAD_LENGTH", "has 2353 bytes");
    expectError(() => parseIdxImages(images.subarray(0, 15)), "BAD_LENGTH", "15 bytes, less than its header");
    expectError(
      () => parseIdxLabels(labels.subarray(0, 8)),
      "BAD_LENGTH",
      "0 bytes of data, its header says 3",
    );
    expectError(
      () => parseIdxImages(changed(images, { 4: 255, 8: 255, 12: 255 })),
      "BAD_LENGTH",
      "header says",
    );
  });

  it("are refused with another's first bytes", () => {
    expectError(() => parseIdxImages(labels), "BAD_MAGIC", "starts with the bytes [0, 0, 8, 1]");
    expectError(() => parseIdxLabels(images), "BAD_MAGIC", "Give the file of images as images");
    expectError(() => parseIdxImages(changed(images, { 2: 13 })), "BAD_MAGIC", "[0, 0, 13, 3]");
    expectError(() => parseIdxImages(new Uint8Array()), "BAD_MAGIC", "starts with the bytes []");
  });

  it("are refused without examples, with unequal counts, and with a label above 9", () => {
    expectError(() => parseIdxImages(changed(images, { 7: 0 })), "EMPTY", "shape [0, 28, 28]");
    const four = bytesOf(fixtures.idx[2]!.labels);
    expectError(() => mnist({ images, labels: four }), "BAD_DATASET", "3 inputs and 5 labels");
    expectError(() => mnist({ images, labels: changed(labels, { 9: 10 }) }), "BAD_LABEL", "the label 10");
  });
});

describe("the files of CIFAR-10", () => {
  for (const [i, { batches, shape, labels: classes, scaled }] of fixtures.cifar10.entries()) {
    it(`are read as numpy reads them, ${shape[0]} images in ${batches.length} files (${i})`, () => {
      const data = cifar10(batches.map(bytesOf));
      expect(data.inputs).to.deep.equal({ shape, data: floatsOf(scaled) });
      expect(data.labels).to.deep.equal(Int32Array.from(classes));
      expect(data.classes).to.equal(10);
    });
  }

  it("are refused when compressed, cut short, too long, empty or absent", () => {
    expectError(
      () => cifar10([batch, Uint8Array.from(gzipSync(batch))]),
      "COMPRESSED",
      "batch 1 is compressed",
    );
    expectError(() => cifar10([batch.subarray(1)]), "BAD_LENGTH", "batch 0 has 3072 bytes");
    expectError(() => cifar10([Uint8Array.of(...batch, 0)]), "BAD_LENGTH", "batch 0 has 3074 bytes");
    expectError(() => cifar10([batch, new Uint8Array()]), "BAD_LENGTH", "batch 1 has 0 bytes");
    expectError(() => cifar10([]), "BAD_DATASET", "0 inputs and 0 labels");
  });

  it("are refused with a label above 9, as CIFAR-100 has", () => {
    expectError(() => cifar10([changed(batch, { 0: 10 })]), "BAD_LABEL", "has the label 10");
  });
});

describe("a published file's checksum", () => {
  it("is what hashlib computes, and FIPS 180-2 gives for abc", async () => {
    expect(await sha256(images)).to.equal(first.sha256);
    expect(await sha256(new TextEncoder().encode("abc"))).to.equal(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it("tells a changed file, naming both sums", async () => {
    const error = await verifyFile(images, "mnist/train-images-idx3-ubyte.gz").catch((e: unknown) => e);
    expect(error).to.be.instanceOf(LabError).with.property("code", "BAD_CHECKSUM");
    expect((error as LabError).message)
      .to.include(first.sha256)
      .and.include("440fcabf73cc");
  });

  it("is not known of other files", async () => {
    const error = await verifyFile(images, "toString" as PublishedFile).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(LabError).with.property("code", "UNKNOWN_FILE");
  });
});
