import { stripVTControlCharacters } from "node:util";

/** What to do with a line that Jupyter wrote. */
export interface ReadLine {
  /** To be shown: a warning or an error, or what is no log line at all. */
  readonly show: boolean;
  /** Where Jupyter is to be opened. */
  readonly url?: string;
}

/**
 * What JupyterLab says at each start where it is installed into a folder of a package of modules, as a course is,
 * before a page of minified code. It wanted a setting of yarn, which builds extensions, and does without.
 */
const harmless = "Fail to get yarn configuration";

/**
 * Reads Jupyter's log line by line: its URL is told once and in plain words, and of the rest only what went wrong
 * is shown. A line without a level of its own belongs to the one before.
 */
export function jupyterLog(): (line: string) => ReadLine {
  let show = true;
  return (line) => {
    const [, level] = /^\[([DIWEC]) [^\]]*\]/.exec(stripVTControlCharacters(line)) ?? [];
    // Critical is how Jupyter says where it is to be opened.
    if (level !== undefined) show = level === "W" || level === "E";
    if (line.startsWith(harmless)) show = false;
    const [url] = /https?:\/\/\S+/.exec(line) ?? [];
    const isAddress = url !== undefined && /[?&]token=|\/(lab|tree|notebooks)\b/.test(url) && !show;
    return isAddress ? { show, url } : { show };
  };
}
