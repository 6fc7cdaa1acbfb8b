import { Decoder, ExtensionCodec, encode as encodePlain } from "@msgpack/msgpack";
import { expect } from "chai";
import fc from "fast-check";
import { checkMessageShape } from "./bounded-message.js";
import { encode, Handle } from "./wire.js";

const limits = { maxDepth: 33, maxParts: 1_000_000 };
const check = (...bytes: number[]) => checkMessageShape(Uint8Array.from(bytes), limits);
/** By the processor's clock: beside other tests the wall's shows how busy the machine is. */
const cpuMsSince = (start: NodeJS.CpuUsage): number => process.cpuUsage(start).user / 1000;
const zeros = (length: number): number[] => Array.from({ length }, () => 0);

/** Each format of the MessagePack specification, with what has to follow its first byte. */
const examples: Readonly<Record<string, readonly number[]>> = {
  "positive fixint": [0x7f],
  "negative fixint": [0xe0],
  fixmap: [0x81, 0xa1, 0x61, 0x01],
  fixarray: [0x92, 0x01, 0x02],
  fixstr: [0xa2, 0x61, 0x62],
  nil: [0xc0],
  false: [0xc2],
  true: [0xc3],
  "bin 8": [0xc4, 2, ...zeros(2)],
  "bin 16": [0xc5, 1, 0, ...zeros(256)],
  "bin 32": [0xc6, 0, 1, 0, 0, ...zeros(65536)],
  "ext 8": [0xc7, 3, 1, ...zeros(3)],
  "ext 16": [0xc8, 1, 0, 1, ...zeros(256)],
  "ext 32": [0xc9, 0, 1, 0, 0, 1, ...zeros(65536)],
  "float 32": [0xca, ...zeros(4)],
  "float 64": [0xcb, ...zeros(8)],
  "uint 8": [0xcc, 0],
  "uint 16": [0xcd, ...zeros(2)],
  "uint 32": [0xce, ...zeros(4)],
  "uint 64": [0xcf, ...zeros(8)],
  "int 8": [0xd0, 0],
  "int 16": [0xd1, ...zeros(2)],
  "int 32": [0xd2, ...zeros(4)],
  "int 64": [0xd3, ...zeros(8)],
  "fixext 1": [0xd4, 1, ...zeros(1)],
  "fixext 2": [0xd5, 1, ...zeros(2)],
  "fixext 4": [0xd6, 1, ...zeros(4)],
  "fixext 8": [0xd7, 1, ...zeros(8)],
  "fixext 16": [0xd8, 1, ...zeros(16)],
  "str 8": [0xd9, 2, 0x61, 0x62],
  "str 16": [0xda, 1, 0, ...zeros(256)],
  "str 32": [0xdb, 0, 1, 0, 0, ...zeros(65536)],
  "array 16": [0xdc, 1, 0, ...zeros(256)],
  "array 32": [0xdd, 0, 1, 0, 0, ...zeros(65536)],
  "map 16": [0xde, 0, 1, 0xa1, 0x61, 0],
  "map 32": [0xdf, 0, 0, 0, 1, 0xa1, 0x61, 0],
};

describe("the shape of a message", () => {
  for (const [name, bytes] of Object.entries(examples)) {
    it(`is known for ${name}: whole it passes, cut short or with a byte more it is refused`, () => {
      check(...bytes);
      const whole = Uint8Array.from(bytes);
      for (const end of [0, 1, bytes.length >> 1, bytes.length - 1]) {
        if (end < bytes.length) {
          expect(() => checkMessageShape(whole.subarray(0, end), limits), `${end}`).to.throw(RangeError);
        }
      }
      expect(() => check(...bytes, 0xc0)).to.throw(RangeError, "trailing");
    });
  }

  it("is refused for the byte that MessagePack never uses", () => {
    expect(() => check(0xc1)).to.throw(RangeError, "means nothing");
    expect(() => check(0x92, 0x01, 0xc1)).to.throw(RangeError, "means nothing");
  });

  it("may reach the limits, but not pass them", () => {
    const at = (maxDepth: number, maxParts: number, value: unknown) => () =>
      checkMessageShape(encodePlain(value), { maxDepth, maxParts });
    at(3, 2, [[[]]])();
    expect(at(2, 2, [[[]]])).to.throw(RangeError, "too deeply");
    expect(at(3, 1, [[[]]])).to.throw(RangeError, "too many parts");
    at(2, 6, [{ a: 1, b: 2 }, 3])();
    expect(at(2, 5, [{ a: 1, b: 2 }, 3])).to.throw(RangeError, "too many parts");
    at(2, 4, [[], [], {}, []])();
    at(0, 0, "no container")();
  });

  it("counts an object with the keys of an array as that array", () => {
    const at = (maxParts: number, value: unknown) => () =>
      checkMessageShape(encodePlain(value), { maxDepth: 2, maxParts });
    at(1024, { "1023": 0 })();
    expect(at(1023, { "1023": 0 })).to.throw(RangeError, "too many parts");
    const dense = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [i, i]));
    at(4000, dense)();
    at(4, { "20260101": 0, "3rd": 0 })();
    expect(() => check(0x81, 0x01, 0x02)).to.throw(RangeError, "no string");
  });
});

describe("a hostile message", () => {
  for (const [name, head] of [
    ["array 32", 0xdd],
    ["map 32", 0xdf],
  ] as const) {
    it(`of nested ${name} headers is refused at once and takes no memory`, () => {
      const start = head === 0xdf ? [0xa0] : [];
      const header = [head, 0x00, 0x0f, 0x42, 0x40, ...start];
      const short = Uint8Array.from(Array.from({ length: 3000 }, () => header).flat());
      // Long enough for each single header to be true, so that only their sum or their nesting is too much.
      const long = new Uint8Array(8 * 1024 * 1024);
      long.set(short);
      const before = process.memoryUsage();
      const started = process.cpuUsage();
      for (let i = 0; i < 20; i++) {
        expect(() => checkMessageShape(short, limits)).to.throw(RangeError, "declares more");
        expect(() => checkMessageShape(long, limits)).to.throw(RangeError, "too many parts");
      }
      expect(cpuMsSince(started)).to.be.lessThan(200);
      const after = process.memoryUsage();
      expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).to.be.lessThan(4e6);
    });
  }

  it("of headers nested without end is refused by its depth", () => {
    expect(() => checkMessageShape(new Uint8Array(1e6).fill(0x91), limits)).to.throw(
      RangeError,
      "too deeply",
    );
  });
});

describe("an honest message", () => {
  const { plain } = fc.letrec((tie) => ({
    plain: fc.oneof(
      { depthSize: "small" },
      fc.double(),
      fc.string({ unit: "binary" }),
      fc.constantFrom(undefined, null, true, new Handle(7), new Error("no")),
      fc.bigInt(),
      fc.float32Array(),
      fc.bigInt64Array(),
      fc.array(tie("plain")),
      fc.dictionary(
        fc.oneof(
          fc.string().filter((key) => key !== "__proto__"),
          fc.nat(300).map(String),
        ),
        tie("plain"),
      ),
    ),
  }));

  it("passes, whatever our encoder made it from", () => {
    fc.assert(
      fc.property(plain, (value) => {
        checkMessageShape(encode(value), limits);
      }),
      { numRuns: 500 },
    );
  });

  it("passes in a moment, if it is one large typed array", () => {
    const bytes = encode(new Float32Array(2_000_000));
    const started = process.cpuUsage();
    for (let i = 0; i < 1000; i++) checkMessageShape(bytes, limits);
    expect(cpuMsSince(started)).to.be.lessThan(500);
  });

  it("passes within linear time, if it is a million numbers", () => {
    const bytes = encodePlain(Array.from({ length: 1_000_000 }, (_, i) => i % 100));
    const started = process.cpuUsage();
    checkMessageShape(bytes, limits);
    expect(cpuMsSince(started)).to.be.lessThan(1000);
  });
});

describe("any bytes", () => {
  const codec = new ExtensionCodec();
  // Overrides the only extension that looks at its body, so that only the shape counts.
  codec.register({ type: -1, encode: () => null, decode: () => null });
  const mapKeyConverter = (key: unknown): string => {
    if (typeof key !== "string") throw new TypeError("no string");
    return key;
  };
  const decoder = new Decoder({
    extensionCodec: codec,
    mapKeyConverter,
    maxArrayLength: 1000,
    maxMapLength: 1000,
  });
  const passes = (run: () => unknown): boolean => {
    try {
      run();
      return true;
    } catch {
      return false;
    }
  };
  const agree = (bytes: Uint8Array): boolean => {
    const shaped = passes(() => checkMessageShape(bytes, { maxDepth: 1000, maxParts: 1e9 }));
    expect(shaped, Buffer.from(bytes).toString("hex")).to.equal(passes(() => decoder.decode(bytes)));
    return shaped;
  };

  it("pass exactly when MessagePack's own decoder takes them", () => {
    const token = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...Object.values(examples).filter((e) => e.length < 20)) },
      { weight: 1, arbitrary: fc.integer({ min: 0x80, max: 0xdf }).map((head) => [head]) },
      {
        weight: 1,
        arbitrary: fc.constantFrom([0x91], [0x92], [0x81], [0xdc, 0, 2], [0xde, 0, 1], [0xa1, 0x31]),
      },
    );
    let passed = 0;
    fc.assert(
      fc.property(fc.array(token, { maxLength: 6 }), (tokens) => {
        if (agree(Uint8Array.from(tokens.flat()))) passed++;
      }),
      { numRuns: 5000 },
    );
    // If hardly any passed, the comparison would say nothing.
    expect(passed).to.be.greaterThan(300);
  });

  it("pass exactly when MessagePack's own decoder takes them, after one byte of a good message changed", () => {
    const value = fc.jsonValue().filter((json) => !JSON.stringify(json).includes("__proto__"));
    fc.assert(
      fc.property(value, fc.nat(), fc.nat(255), (json, where, byte) => {
        const bytes = encodePlain(json);
        expect(agree(bytes)).to.equal(true);
        bytes[where % bytes.length] = byte;
        agree(bytes);
      }),
      { numRuns: 2000 },
    );
  });
});
