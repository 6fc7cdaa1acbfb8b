import { type Entry, getFileNameLowLevel } from "yauzl";
import { printable } from "../../../src/lab/printable.js";

const utf8Flag = 0x800;
const maxName = 1_000;

/** The parts of an entry's name, or why nobody should go where it points. */
export function zipEntryName(entry: Entry): { readonly path: string[] } | { readonly problem: string } {
  const name = decode(entry);
  if (name === undefined)
    return { problem: `a name is not UTF-8: ${printable(entry.fileNameRaw.toString("latin1"), 60)}` };
  const shown = printable(name, 60);
  if (name.length > maxName || /[\p{Cc}]/u.test(name)) return { problem: `${shown} is no name` };
  if (/^[a-zA-Z]:/.test(name) || name.startsWith("/")) return { problem: `${shown} is an absolute path` };
  const path = name.split("/").filter((part) => part !== "" && part !== ".");
  if (path.includes("..")) return { problem: `${shown} leads out of the zip` };
  return { path: path.map((part) => part.normalize("NFC")) };
}

/** UTF-8, also where the zip does not say so (as on macOS); else the old code page 437. */
function decode(entry: Entry): string | undefined {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(fileNameRaw);
    return text.replaceAll("\\", "/");
  } catch {
    if ((generalPurposeBitFlag & utf8Flag) !== 0) return undefined;
    return getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
  }
}
