/** Subpaths of edgelab that a notebook may import from in the grader, where its lab does not withhold them. */
export const offered = ["core", "notebook"] as const;

/** Of those, what belongs to Jupyter's side, and to the command line. */
const notOffered = [
  "notebook/cli.js",
  "notebook/cli.d.ts",
  "notebook/commands",
  "notebook/jupyter",
  "notebook/kernel",
  "notebook/run-notebook",
  "notebook/submit",
] as const;

/** Whether the grader has a subpath of edgelab, such as "core/quantization", for a lab. */
export function isOffered(subpath: string, withheld: readonly string[]): boolean {
  return isWithin(subpath, offered) && !isWithin(subpath, [...notOffered, ...withheld]);
}

/** Whether a path is one of these folders or lies below one. */
export function isWithin(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/**
 * TensorFlow.js, with the backend that edgelab loads late. Its six dozen folders would cost every notebook 30 ms
 * to mount, so that a lab gets it only where its manifest names the first of these among its packages.
 */
export const tensorFlow = ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"] as const;

/** Whether a subpath of edgelab loads TensorFlow.js. What was recorded is text. */
export function needsTensorFlow(subpath: string): boolean {
  if (isWithin(subpath, ["core/zoo/recorded"])) return false;
  return (
    isWithin(subpath, ["core/model", "core/training", "core/zoo"]) || /^core\/.+\/models(\/|$)/.test(subpath)
  );
}
