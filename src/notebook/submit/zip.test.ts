import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { expect } from "chai";
import fc from "fast-check";
import { type Entry, fromBuffer, type ZipFile } from "yauzl";
import { zipBytes } from "./zip.js";

/** Every file of a zip, read by the library that the instructor's side reads it with. */
function unzip(zip: Uint8Array): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  return new Promise((resolve, reject) => {
    fromBuffer(Buffer.from(zip), { lazyEntries: true }, (error: Error | null, file: ZipFile) => {
      if (error) return reject(error);
      file.on("entry", (entry: Entry) => {
        file.openReadStream(entry, (failed, stream) => {
          if (failed || !stream) return reject(failed);
          buffer(stream).then((bytes) => {
            files.set(entry.fileName, bytes);
            file.readEntry();
          }, reject);
        });
      });
      file.on("end", () => resolve(files)).on("error", reject);
      file.readEntry();
    });
  });
}

describe("the zip file of a submission", () => {
  it("holds the notebook's bytes as they are, and their hash, whatever the bytes", async () => {
    const at = new Date("2026-11-23T10:15:00Z");
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
        const sha256 = createHash("sha256").update(bytes).digest("hex");
        const files = await unzip(await zipBytes({ lab: "01-sums", release: "abc123", bytes }, sha256, at));
        expect([...files.keys()]).to.deep.equal(["01-sums.ipynb", "submission.json"]);
        expect(files.get("01-sums.ipynb")?.equals(bytes)).to.equal(true);
        expect(JSON.parse(String(files.get("submission.json")))).to.deep.equal({
          format: 1,
          lab: "01-sums",
          release: "abc123",
          sha256,
          at: "2026-11-23T10:15:00.000Z",
        });
      }),
      { numRuns: 50 },
    );
  });
});
