/** What `lab.ts` says about a lab. */
export interface LabManifest {
  /** As in the folder's name: "01-quantization". */
  readonly id: string;
  readonly title: string;
  /**
   * npm packages (beside edgelab) that cells may import; nothing else is mounted in the sandbox. All of edgelab
   * that trains needs "@tensorflow/tfjs" named here.
   */
  readonly packages: readonly string[];
  /** Subpaths of edgelab that this lab asks the student to write, such as "core/quantization": not mounted. */
  readonly withheld: readonly string[];
  readonly limits: LabLimits;
}

export interface LabLimits {
  readonly cellCpuMs: number;
  readonly callCpuMs: number;
  readonly memoryBytes: number;
}

export const defaultLimits: LabLimits = {
  cellCpuMs: 10_000,
  callCpuMs: 2_000,
  memoryBytes: 768 * 1024 * 1024,
};

/** Declares a lab; `limits` that are left out take the defaults. */
export function defineLab(
  lab: Omit<LabManifest, "limits"> & { readonly limits?: Partial<LabLimits> },
): LabManifest {
  return { ...lab, limits: { ...defaultLimits, ...lab.limits } };
}
