/** Registers the gradients that tfjs' WebAssembly backend lacks, or has slow. */
export function installKernels(): void {}
