/**
 * The system calls that a jail refuses, as a BPF program for seccomp(2), built here so that no libseccomp
 * is needed. Node, tfjs with wasm and onnxruntime-node run below it; nothing that they need is in the list.
 */

export type FilterArch = "x64" | "arm64";

interface Refusal {
  readonly why: string;
  /** Numbers from the kernel's asm/unistd.h; a call that an architecture does not have is left out. */
  readonly calls: Readonly<Record<string, { readonly x64?: number; readonly arm64?: number }>>;
}

const everywhere = (number: number) => ({ x64: number, arm64: number });

export const refusals: readonly Refusal[] = [
  {
    why: "a jail runs one process; without children there is no fork bomb, and nothing outlives its parent",
    calls: { fork: { x64: 57 }, vfork: { x64: 58 } },
  },
  {
    why: "other processes, the reaper in the jail among them, are nobody's to read or steer",
    calls: {
      ptrace: { x64: 101, arm64: 117 },
      process_vm_readv: { x64: 310, arm64: 270 },
      process_vm_writev: { x64: 311, arm64: 271 },
      pidfd_getfd: everywhere(438),
    },
  },
  {
    why: "what is mounted is part of the assignment, and a new namespace would give new capabilities",
    calls: {
      mount: { x64: 165, arm64: 40 },
      umount2: { x64: 166, arm64: 39 },
      pivot_root: { x64: 155, arm64: 41 },
      chroot: { x64: 161, arm64: 51 },
      unshare: { x64: 272, arm64: 97 },
      setns: { x64: 308, arm64: 268 },
      open_tree: everywhere(428),
      move_mount: everywhere(429),
      fsopen: everywhere(430),
      fsmount: everywhere(432),
      mount_setattr: everywhere(442),
    },
  },
  {
    why: "memory that belongs to no process: neither RLIMIT_DATA nor the watchdog would see it",
    calls: {
      memfd_create: { x64: 319, arm64: 279 },
      memfd_secret: everywhere(447),
      shmget: { x64: 29, arm64: 194 },
      semget: { x64: 64, arm64: 190 },
      msgget: { x64: 68, arm64: 186 },
      mq_open: { x64: 240, arm64: 180 },
    },
  },
  {
    why: "who puts itself behind all others gets no processor on a busy machine, and would pass for starved",
    calls: {
      setpriority: { x64: 141, arm64: 140 },
      sched_setparam: { x64: 142, arm64: 118 },
      sched_setscheduler: { x64: 144, arm64: 119 },
      sched_setattr: { x64: 314, arm64: 274 },
    },
  },
  {
    why: "large or often broken parts of the kernel that no lab needs",
    calls: {
      bpf: { x64: 321, arm64: 280 },
      perf_event_open: { x64: 298, arm64: 241 },
      userfaultfd: { x64: 323, arm64: 282 },
      io_uring_setup: everywhere(425),
      io_uring_enter: everywhere(426),
      io_uring_register: everywhere(427),
      io_setup: { x64: 206, arm64: 0 },
      add_key: { x64: 248, arm64: 217 },
      request_key: { x64: 249, arm64: 218 },
      keyctl: { x64: 250, arm64: 219 },
      syslog: { x64: 103, arm64: 116 },
    },
  },
];

/** Calls whose arguments decide. */
export const checkedCalls = {
  socket: { x64: 41, arm64: 198 },
  clone: { x64: 56, arm64: 220 },
  clone3: everywhere(435),
} as const;

const auditArch: Record<FilterArch, number> = { x64: 0xc000003e, arm64: 0xc00000b7 };

const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const IF_ANY_BIT = 0x45;
const RETURN = 0x06;

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const refuse = (errno: number) => 0x00050000 | errno;
const EPERM = 1;
const EACCES = 13;
const ENOSYS = 38;

// Offsets in struct seccomp_data; of a 64-bit argument the low word, which is all that these calls read.
const NUMBER = 0;
const ARCH = 4;
const FIRST_ARGUMENT = 16;

const AF_UNIX = 1;
const CLONE_THREAD = 0x00010000;
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const CLONE_NEW_NAMESPACE = 0x7e020000;
const X32_CALLS = 0x40000000;

type Instruction = readonly [code: number, value: number, ifTrue?: number, ifFalse?: number];

/** The filter, or null where no table of system calls is at hand; then the jail is weaker and says so. */
export function seccompProgram(arch: string = process.arch): Buffer | null {
  if (arch !== "x64" && arch !== "arm64") return null;
  return assemble([
    ...guardArchitecture(arch),
    ...refusals.flatMap(({ calls }) => Object.values(calls)).flatMap((call) => refuseCall(call[arch])),
    ...onlyUnixSockets(checkedCalls.socket[arch]),
    ...onlyThreads(checkedCalls.clone[arch]),
    // Its flags lie behind a pointer that BPF can't follow; at ENOSYS the C library falls back to clone().
    [IF_EQUAL, checkedCalls.clone3[arch], 0, 1],
    [RETURN, refuse(ENOSYS)],
    [RETURN, ALLOW],
  ]);
}

/** Kills what calls through another table of numbers (i386, x32), which the list below would not match. */
function guardArchitecture(arch: FilterArch): readonly Instruction[] {
  const native: Instruction[] = [
    [LOAD, ARCH],
    [IF_EQUAL, auditArch[arch], 1, 0],
    [RETURN, KILL_PROCESS],
    [LOAD, NUMBER],
  ];
  if (arch === "arm64") return native;
  return [...native, [IF_AT_LEAST, X32_CALLS, 0, 1], [RETURN, KILL_PROCESS]];
}

function refuseCall(number: number | undefined): readonly Instruction[] {
  if (number === undefined) return [];
  return [
    [IF_EQUAL, number, 0, 1],
    [RETURN, refuse(EPERM)],
  ];
}

function onlyUnixSockets(number: number): readonly Instruction[] {
  return [
    [IF_EQUAL, number, 0, 4],
    [LOAD, FIRST_ARGUMENT],
    [IF_EQUAL, AF_UNIX, 0, 1],
    [RETURN, ALLOW],
    [RETURN, refuse(EACCES)],
  ];
}

function onlyThreads(number: number): readonly Instruction[] {
  return [
    [IF_EQUAL, number, 0, 5],
    [LOAD, FIRST_ARGUMENT],
    [IF_ANY_BIT, CLONE_NEW_NAMESPACE, 2, 0],
    [IF_ANY_BIT, CLONE_THREAD, 0, 1],
    [RETURN, ALLOW],
    [RETURN, refuse(EPERM)],
  ];
}

/** struct sock_filter: u16 code, u8 jump if true, u8 jump if false, u32 value. */
function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, [code, value, ifTrue = 0, ifFalse = 0]] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4);
  }
  return bytes;
}
