import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { checkedCalls, type FilterArch, refusals, seccompProgram } from "./seccomp.js";

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const refused = (errno: number) => 0x00050000 + errno;
const auditArch = { x64: 0xc000003e, arm64: 0xc00000b7 };
const archs: readonly FilterArch[] = ["x64", "arm64"];

/** A classic BPF machine with the instructions that seccomp(2) lists; knows nothing of how the filter is built. */
function run(filter: Buffer, call: { arch: number; number: number; argument?: number }): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call.number >>> 0, 0);
  data.writeUInt32LE(call.arch, 4);
  data.writeUInt32LE((call.argument ?? 0) >>> 0, 16);
  let accumulator = 0;
  for (let at = 0; at < filter.length; at += 8) {
    const code = filter.readUInt16LE(at);
    const value = filter.readUInt32LE(at + 4);
    const jump = (holds: boolean) => 8 * filter.readUInt8(at + (holds ? 2 : 3));
    if (code === 0x20) accumulator = data.readUInt32LE(value);
    else if (code === 0x15) at += jump(accumulator === value);
    else if (code === 0x35) at += jump(accumulator >= value);
    else if (code === 0x45) at += jump((accumulator & value) !== 0);
    else if (code === 0x06) return value;
    else throw new Error(`instruction ${code}`);
  }
  throw new Error("the program has no end");
}

describe("the seccomp filter", () => {
  for (const arch of archs) {
    describe(arch, () => {
      const filter = seccompProgram(arch) ?? Buffer.alloc(0);
      const call = (number: number, argument?: number) =>
        run(filter, { arch: auditArch[arch], number, ...(argument === undefined ? {} : { argument }) });

      it("refuses every call of the list with EPERM", () => {
        for (const { calls } of refusals) {
          for (const [name, { [arch]: number }] of Object.entries(calls)) {
            if (number !== undefined) expect(call(number), name).to.equal(refused(1));
          }
        }
      });

      it("leaves alone what a program needs", () => {
        const needed = { x64: [0, 1, 9, 59, 202, 257, 281], arm64: [56, 63, 64, 98, 221, 222] };
        for (const number of needed[arch]) expect(call(number), String(number)).to.equal(ALLOW);
      });

      it("lets Unix sockets through and no others", () => {
        expect(call(checkedCalls.socket[arch], 1)).to.equal(ALLOW);
        for (const family of [0, 2, 10, 16, 17, 40]) {
          expect(call(checkedCalls.socket[arch], family), String(family)).to.equal(refused(13));
        }
      });

      it("lets threads through, but neither children nor threads with new namespaces", () => {
        const thread = 0x3d0f00;
        expect(call(checkedCalls.clone[arch], thread)).to.equal(ALLOW);
        expect(call(checkedCalls.clone[arch], 17), "fork").to.equal(refused(1));
        expect(call(checkedCalls.clone[arch], 0x4111), "vfork").to.equal(refused(1));
        for (const bit of [17, 25, 26, 27, 28, 29, 30]) {
          expect(call(checkedCalls.clone[arch], thread | (1 << bit)), `bit ${bit}`).to.equal(refused(1));
        }
        expect(call(checkedCalls.clone3[arch])).to.equal(refused(38));
      });

      it("kills a call by the numbers of another architecture", () => {
        expect(run(filter, { arch: 0x40000003, number: 4 })).to.equal(KILL_PROCESS);
        const other = arch === "x64" ? "arm64" : "x64";
        expect(run(filter, { arch: auditArch[other], number: 0 })).to.equal(KILL_PROCESS);
      });
    });
  }

  it("kills x32 calls, which have the architecture of x64", () => {
    const filter = seccompProgram("x64") ?? Buffer.alloc(0);
    expect(run(filter, { arch: auditArch.x64, number: 0x40000000 + 101 })).to.equal(KILL_PROCESS);
  });

  it("does not exist where the numbers are not known", () => {
    expect(seccompProgram("riscv64")).to.equal(null);
  });

  const headers = {
    x64: "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    arm64: "/usr/include/asm-generic/unistd.h",
  };
  for (const arch of archs) {
    it(`has the numbers of the kernel's header for ${arch}`, function () {
      if (!existsSync(headers[arch])) this.skip();
      const header = readFileSync(headers[arch], "utf8");
      const tables = [...refusals.map(({ calls }) => calls), checkedCalls];
      for (const [name, numbers] of tables.flatMap((table) => Object.entries(table))) {
        const defined = new RegExp(`#define __NR(?:3264)?_${name}\\s+(\\d+)`).exec(header)?.[1];
        const number = (numbers as Partial<Record<FilterArch, number>>)[arch];
        // A header may be older than a call, never different from it.
        if (defined !== undefined) expect(number, name).to.equal(Number(defined));
        else expect(number ?? 1000, name).to.be.greaterThan(400);
      }
    });
  }
});
