import * as tf from "@tensorflow/tfjs";

export const nativeName = "@tensorflow/tfjs-node";

/**
 * Loads tfjs-node and tries it. Gives why it can't be used, or nothing if it can. Installers may leave the
 * package without its binary, so a package that is there proves nothing.
 */
export async function loadNative(load: () => Promise<unknown> = importNative): Promise<string | undefined> {
  try {
    mendUtil();
    await load();
    if (!(await tf.setBackend("tensorflow"))) return `${nativeName} does not start`;
    tf.tidy(() => tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])).dataSync());
    return undefined;
  } catch (error) {
    // What failed must not be what tfjs takes for the best backend.
    if (tf.findBackendFactory("tensorflow")) tf.removeBackend("tensorflow");
    return explain(error);
  }
}

/** A name in a variable is not resolved by the compiler: the package is optional. */
function importNative(): Promise<unknown> {
  const name: string = nativeName;
  return import(name);
}

function explain(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const line = String(message).split("\n", 1).join().trim();
  const absent = code === "ERR_MODULE_NOT_FOUND" && line.includes(`'${nativeName}'`);
  return absent ? `${nativeName} is not installed` : `${nativeName} does not load: ${line}`;
}

/**
 * tfjs-node 4.22 calls `util.isNullOrUndefined` and `util.isArray`, which Node 23 removed.
 * @see https://github.com/tensorflow/tfjs/pull/8425, merged but not released
 */
function mendUtil(): void {
  const util = globalThis.process?.getBuiltinModule?.("node:util") as Record<string, unknown> | undefined;
  if (!util) return;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}
