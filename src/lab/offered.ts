/** Subpaths of edgelab that a notebook may import from in the grader, where its lab does not withhold them. */
export const offered = ["core", "notebook"] as const;

/** Of those, what belongs to Jupyter's side. */
export const notOffered = ["notebook/kernel"] as const;

/** Whether the grader has a subpath of edgelab, such as "core/quantization", for a lab. */
export function isOffered(subpath: string, withheld: readonly string[]): boolean {
  return isWithin(subpath, offered) && !isWithin(subpath, [...notOffered, ...withheld]);
}

/** Whether a path is one of these folders or lies below one. */
export function isWithin(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}
