import { encode as encodePlain } from "@msgpack/msgpack";
import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../core/errors.js";
import { localStudent, StudentClient, StudentError } from "./student.js";
import { decode, encode, Handle } from "./wire.js";

const roundTrip = (value: unknown): unknown => decode(encode(value));

function hasProtoKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, "__proto__") || Object.values(value).some(hasProtoKey);
}

describe("wire", () => {
  it("keeps what plain MessagePack would lose", () => {
    for (const value of [
      undefined,
      -0,
      Number.NaN,
      Infinity,
      12345678901234567890n,
      [undefined, { a: undefined }],
    ]) {
      expect(roundTrip(value)).to.deep.equal(value);
    }
    expect(Object.is(roundTrip(-0), -0)).to.equal(true);
  });

  it("keeps the class, the bytes and the length of every typed array", () => {
    for (const array of [
      new Float32Array([1.5, Number.NaN, -0]),
      new Int8Array([-128, 127]),
      new BigInt64Array([-1n]),
      new Uint8ClampedArray(0),
    ]) {
      const copy = roundTrip(array);
      expect(Object.getPrototypeOf(copy)).to.equal(Object.getPrototypeOf(array));
      expect(copy).to.deep.equal(array);
    }
  });

  it("gives back any JSON value", () => {
    fc.assert(
      // A key __proto__ is refused, see below.
      fc.property(
        fc.jsonValue().filter((value) => !hasProtoKey(value)),
        (value) => {
          expect(roundTrip(value)).to.deep.equal(value);
        },
      ),
    );
  });

  it("refuses a key __proto__, however deep, on both sides", () => {
    for (const json of ['{"__proto__": 1}', '[{"a": {"__proto__": {"polluted": true}}}]']) {
      expect(() => encode(JSON.parse(json))).to.throw(LabError, "__proto__");
    }
    const forged = Uint8Array.of(0x81, 0xa9, ...Buffer.from("__proto__"), 0x80);
    expect(() => decode(forged)).to.throw("__proto__");
  });

  it("refuses headers that declare more than the message has, before anything is built", () => {
    const header = [0xdd, 0x00, 0x0f, 0x42, 0x40];
    const message = Uint8Array.from(Array.from({ length: 3000 }, () => header).flat());
    expect(() => decode(message)).to.throw(RangeError, "declares more");
  });

  it("refuses a thousand small objects that would be kept as arrays with gaps", () => {
    const sparse = Array.from({ length: 1000 }, () => ({ "1023": null }));
    expect(() => encode(sparse)).to.throw(LabError, "million parts");
    expect(() => decode(encodePlain(sparse))).to.throw(RangeError, "too many parts");
    expect(roundTrip(sparse.slice(0, 100))).to.deep.equal(sparse.slice(0, 100));
  });

  it("refuses errors by the thousand, on both sides", () => {
    const errors = Array.from({ length: 1001 }, () => new Error("x"));
    expect(() => encode(errors)).to.throw(LabError, "thousand errors");
    const thousand = encode(errors.slice(1));
    expect(decode(thousand)).to.have.length(1000);
    const forged = Buffer.concat([Buffer.of(0x92), thousand, encode(errors[0])]);
    expect(() => decode(forged)).to.throw(RangeError, "too many errors");
  });

  it("keeps what is nested 32 deep and refuses what is deeper, on both sides", () => {
    let deep: unknown = [];
    for (let i = 0; i < 32; i++) deep = [deep];
    const bytes = encode(deep);
    expect(decode(bytes)).to.deep.equal(deep);
    expect(() => encode([deep])).to.throw(LabError, "32 deep");
    expect(() => decode(Uint8Array.of(0x91, ...bytes))).to.throw(RangeError, "too deeply");
  });

  it("refuses what is not plain data", () => {
    const circular: unknown[] = [];
    circular.push(circular);
    const refused = [
      () => 1,
      Symbol("s"),
      new Map(),
      new Date(),
      new Proxy({}, {}),
      new (class Acc {})(),
      circular,
      new Proxy([], {}),
      Buffer.from("x"),
    ];
    for (const value of refused) expect(() => encode(value), String(typeof value)).to.throw();
  });

  it("throws on hostile bytes, and neither hangs nor touches a prototype", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decode(bytes);
        } catch {
          // Any error will do: what counts is that nothing but an error or a value comes of it.
        }
        expect(Object.keys(Object.prototype)).to.deep.equal([]);
      }),
      { numRuns: 2000 },
    );
    const deep = new Uint8Array(100_000).fill(0x91);
    expect(() => decode(deep)).to.throw();
    expect(() => decode(Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff))).to.throw();
    expect(() => decode(Uint8Array.of(0xc4, 1, 0))).to.throw();
  });
});

describe("a student's call", () => {
  class Accumulator {
    total = 0;
    add(x: number) {
      this.total += x;
      return this.total;
    }
  }
  const student = localStudent({
    add: (a: number, b: number) => a + b,
    later: async () => new Float32Array([1]),
    boom: () => {
      throw new TypeError("no");
    },
    throwsProxy: () => {
      throw new Proxy({}, {});
    },
    evil: () => new Proxy({}, { get: () => 1 }),
    Accumulator,
    makeAccumulator: () => new Accumulator(),
    totalOf: (a: Accumulator) => a.total,
    notCallable: 3,
  });

  it("returns plain data, awaited", async () => {
    expect(await student.call("add", 2, 3)).to.equal(5);
    expect(await student.call("later")).to.deep.equal(new Float32Array([1]));
  });

  it("says who is to blame when there is no value", async () => {
    for (const [name, why] of [
      ["boom", "threw"],
      ["throwsProxy", "threw"],
      ["evil", "not-plain"],
      ["nothing", "missing"],
      ["notCallable", "missing"],
    ] as const) {
      const error = await student.call(name).then(
        () => undefined,
        (e: unknown) => e,
      );
      expect(error, name).to.be.instanceOf(StudentError);
      expect((error as StudentError).why, name).to.equal(why);
    }
  });

  it("keeps objects on the student's side behind handles", async () => {
    const made = await student.construct("Accumulator");
    expect(made).to.be.instanceOf(Handle);
    expect(Object.keys(made)).to.deep.equal(["id"]);
    await student.invoke(made, "add", 4);
    expect(await student.invoke(made, "add", 5)).to.equal(9);
    expect(await student.call("totalOf", made)).to.equal(9);
    expect(await student.call("totalOf", await student.hold("makeAccumulator"))).to.equal(0);
  });

  it("holds against who returned it that an argument is too large to be handed on", async () => {
    const error = await student.call("add", new Uint8Array(9e6), 1).then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(StudentError);
    expect((error as StudentError).why).to.equal("malformed");
  });

  it("refuses a forged reply", async () => {
    for (const reply of [Uint8Array.of(0xc1), encode("yes"), encode([true]), encode([false, "because", 1])]) {
      const forged = new StudentClient(async () => reply);
      const error = await forged.call("add").then(
        () => undefined,
        (e: unknown) => e,
      );
      expect((error as StudentError).why).to.equal("malformed");
    }
  });
});
