import type { Group, LabDates, Student } from "./course.js";
import { readDate } from "./dates.js";
import { type Complain, type Path, quoted } from "./problems.js";
import { suggestion } from "./roster.js";
import type { RawCourse } from "./schema.js";

interface Known {
  readonly students: readonly Student[];
  readonly groups: readonly Group[];
}

/** Reads the due dates of all labs, and the later ones of some students and groups. */
export function readLabs(raw: RawCourse, known: Known, complain: Complain): ReadonlyMap<string, LabDates> {
  const ids = [...known.students, ...known.groups].map(({ id }) => id);
  const read = (text: string, path: Path): Date | undefined => {
    const result = readDate(text, raw.timezone);
    if ("date" in result) return result.date;
    complain(path, result.problem, result.nextStep);
    return undefined;
  };
  const labs = new Map<string, LabDates>();
  for (const [lab, dates] of Object.entries(raw.labs ?? {})) {
    const due = dates?.due === undefined ? undefined : read(dates.due, ["labs", lab, "due"]);
    const extensions = new Map<string, Date>();
    for (const [id, text] of Object.entries(dates?.extensions ?? {})) {
      const path = ["labs", lab, "extensions", id];
      if (!ids.includes(id))
        complain(path, `${quoted(id)} is neither a student nor a group of the course`, suggestion(id, ids));
      const date = read(text, path);
      if (date === undefined) continue;
      if (dates?.due === undefined)
        complain(path, "an extension of a lab that has no due date", `Write due: … for ${lab}.`);
      else if (due !== undefined && date <= due)
        complain(path, `the extension ${quoted(text)} is not later than the due date`, "Write a later time.");
      extensions.set(id, date);
    }
    labs.set(lab, { extensions, ...(due === undefined ? {} : { due }) });
  }
  return labs;
}
