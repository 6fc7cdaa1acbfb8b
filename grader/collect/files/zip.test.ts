import { expect } from "chai";
import { ZipFile } from "yazl";
import { openZip, type ZipLimits } from "./zip.js";

const limits: ZipLimits = { entries: 100, entryBytes: 4 * 2 ** 20, totalBytes: 8 * 2 ** 20 };

interface Made {
  readonly name: string;
  readonly content?: string | Buffer;
  readonly mode?: number;
}

async function make(...files: readonly Made[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { name, content = "{}", mode } of files)
    zip.addBuffer(Buffer.from(content), name, mode === undefined ? {} : { mode });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Names of one length take each other's place, so that a name can stand there that no zip program writes. */
function renamed(zip: Buffer, from: string, to: string | Buffer): Buffer {
  const [before, after] = [Buffer.from(from), Buffer.from(to)];
  expect(after.length).to.equal(before.length);
  const copy = Buffer.from(zip);
  for (let at = copy.indexOf(before); at >= 0; at = copy.indexOf(before, at + 1)) after.copy(copy, at);
  return copy;
}

const centralHeader = Buffer.from([0x50, 0x4b, 0x01, 0x02]);

async function listed(bytes: Buffer) {
  const zip = await openZip(bytes, "s1.zip", limits);
  return { names: zip.files.map(({ path }) => path.join("/")), ignored: zip.ignored, files: zip.files };
}

describe("reading a zip", () => {
  it("gives the notebooks and zips with their bytes, and leaves other files alone", async () => {
    const zip = await make(
      { name: "a/x.ipynb", content: "bytes" },
      { name: "data.csv" },
      { name: "b.zip" },
      { name: "__MACOSX/x.ipynb" },
      { name: ".ipynb_checkpoints/x.ipynb" },
    );
    const { names, ignored, files } = await listed(zip);
    expect(names).to.deep.equal(["a/x.ipynb", "b.zip"]);
    expect(ignored).to.deep.equal([]);
    expect(Buffer.from((await files[0]?.read()) ?? []).toString()).to.equal("bytes");
  });

  const names: readonly (readonly [string, string | Buffer, RegExp])[] = [
    ["leads out of the zip", "../../.ipynb", /leads out/],
    ["leads out of it with backslashes", "..\\..\\.ipynb", /leads out/],
    ["is absolute", "/etc/x.ipynb", /absolute/],
    ["has a drive", "C:/aaa.ipynb", /absolute/],
    ["has control characters", "a\u001b[2J.ipynb", /s1\.zip: .*is no name/],
    ["is not UTF-8 though it says so", Buffer.from([0xff, 0xfe, ...Buffer.from("aaaa.ipynb")]), /not UTF-8/],
  ];
  for (const [what, name, why] of names) {
    it(`leaves out an entry whose name ${what}`, async () => {
      const length = Buffer.from(name).length;
      const placeholder = `${"é"}${"q".repeat(length - 8)}.ipynb`;
      const zip = await make({ name: placeholder }, { name: "good.ipynb" });
      const { names: left, ignored } = await listed(renamed(zip, placeholder, name));
      expect(left).to.deep.equal(["good.ipynb"]);
      expect(ignored.join()).to.match(why);
    });
  }

  it("leaves out links, encrypted entries, and both of two with one name", async () => {
    const zip = await make(
      { name: "link.ipynb", content: "/etc/passwd", mode: 0o120777 },
      { name: "secret.ipynb" },
      { name: "twice1.ipynb", content: "one" },
      { name: "twice2.ipynb", content: "two" },
      { name: "good.ipynb" },
    );
    const twice = renamed(zip, "twice2.ipynb", "twice1.ipynb");
    const header = twice.indexOf(centralHeader, twice.indexOf(centralHeader) + 1);
    twice.writeUInt16LE(twice.readUInt16LE(header + 8) | 1, header + 8);
    const { names: left, ignored } = await listed(twice);
    expect(left).to.deep.equal(["good.ipynb"]);
    expect(ignored).to.have.length(3);
    expect(ignored.join("\n")).to.match(/link.ipynb is a link[\s\S]*secret.ipynb is encrypted[\s\S]*twice/);
  });

  it("unpacks no bomb: by what it says, by how much it is packed, and by what really comes out", async () => {
    const zeros = Buffer.alloc(3 * 2 ** 20);
    expect(
      (await listed(await make({ name: "x.ipynb", content: Buffer.alloc(5 * 2 ** 20) }))).ignored.join(),
    ).to.match(/more than 4 MiB/);
    expect((await listed(await make({ name: "x.ipynb", content: zeros }))).ignored.join()).to.match(
      /250 times/,
    );
    const liar = await make({ name: "x.ipynb", content: zeros });
    liar.writeUInt32LE(1000, liar.indexOf(centralHeader) + 24);
    const { files } = await listed(liar);
    const error = await files[0]?.read().catch((caught: unknown) => caught);
    expect(String(error)).to.match(/can't be unpacked/);
  });

  it("refuses what has too many entries, too much in all, or is no zip", async () => {
    const many = await make(...Array.from({ length: 101 }, (_, i) => ({ name: `${i}.ipynb` })));
    const random = (length: number) =>
      Buffer.from(Array.from({ length }, () => Math.floor(Math.random() * 256)));
    const chunk = random(3 * 2 ** 20);
    const much = await make(...[1, 2, 3].map((i) => ({ name: `${i}.ipynb`, content: chunk })));
    const good = await make({ name: "x.ipynb" });
    const wrong: readonly (readonly [Buffer, RegExp])[] = [
      [many, /101 entries/],
      [much, /9 MB unpacked/],
      [Buffer.from("not a zip at all, but some text"), /can't be read as a zip/],
      [good.subarray(0, good.length - 5), /can't be read as a zip/],
      [Buffer.alloc(0), /can't be read as a zip/],
    ];
    for (const [bytes, message] of wrong) {
      const error = await openZip(bytes, "s1.zip", limits).catch((caught: unknown) => caught);
      expect(String(error)).to.match(message);
    }
  });
});
