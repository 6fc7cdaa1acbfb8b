import type { JailLimits } from "./jail.js";

const MiB = 1024 * 1024;

/** Room for tfjs with its wasm backend and for onnxruntime-node; measured by this folder's tests. */
export const defaultJailLimits: JailLimits = {
  memoryBytes: 768 * MiB,
  dataBytes: 1024 * MiB,
  processes: 256,
  tmpBytes: 64 * MiB,
  shmBytes: 1 * MiB,
  outputBytes: 256 * 1024,
  floodBytes: 16 * MiB,
};

/** The defaults for a jail that may hold `memoryBytes`; one process may map a quarter more than that. */
export function jailLimits(memoryBytes: number): JailLimits {
  const dataBytes = Math.max(defaultJailLimits.dataBytes, Math.ceil(memoryBytes * 1.25));
  return { ...defaultJailLimits, memoryBytes, dataBytes };
}

/** Limits that no lab needs to change: the kernel's names, with the value for soft and hard limit. */
export function resourceLimits(limits: JailLimits): Readonly<Record<ResourceName, number>> {
  return {
    nproc: limits.processes,
    data: limits.dataBytes,
    core: 0,
    // A little above the size of /tmp, so that a full disk is ENOSPC and not a signal.
    fsize: Math.max(limits.tmpBytes, limits.shmBytes) + MiB,
    nofile: 256,
  };
}

export type ResourceName = "nproc" | "data" | "core" | "fsize" | "nofile";
