import { z } from "zod";
import { closest } from "./closest.js";
import { isTimezone } from "./dates.js";
import { type Complain, quoted } from "./problems.js";

/** What stands in course.yaml, before dates are read and names are looked up. Every scalar is text. */

/** Ids name folders and files: a letter or digit first, then also dots, dashes, @ and +. */
const id = z
  .string()
  .regex(/^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}._@+-]*$/u, "not an id")
  .max(100, "not an id")
  .transform((text) => text.normalize("NFC"));
const labId = z.string().regex(/^[a-zA-Z0-9][\w-]*$/, "not the name of a lab's folder");
const text = z.string().trim().min(1, "empty").max(500, "too long");
const days = z
  .string()
  .regex(/^\d{1,4}$/, "not a whole number")
  .transform(Number);
const remote = text.refine(
  (url) => !/^-|^\w+::|[\r\n\0]/.test(url),
  "not a repository that git should be given",
);
const percent = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,6})? ?%?$/, "not a percentage")
  .transform(Number.parseFloat)
  .refine((value) => value <= 100, "more than 100 percent");
const minutes = z
  .string()
  .regex(/^\d{1,5} ?(min|minutes?|h|hours?)?$/, "not a time span")
  .transform((span) => Number.parseInt(span, 10) * (/h/.test(span) ? 60 : 1));

/** A key without a value stands for an absent one. */
const orAbsent = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());

const lab = z.strictObject({ due: orAbsent(text), extensions: orAbsent(z.record(id, text)) });
const late = z.strictObject({
  grace: orAbsent(minutes),
  percentPerDay: orAbsent(percent),
  maxDays: orAbsent(days),
});
const student = z.strictObject({
  id,
  name: orAbsent(text),
  email: orAbsent(text),
  remote: orAbsent(remote),
  group: orAbsent(id),
  aliases: orAbsent(z.array(text)),
});
const group = z.strictObject({ id, members: orAbsent(z.array(id)), remote: orAbsent(remote) });
const remotes = z.strictObject({ course: orAbsent(remote) });
const course = z.strictObject({
  title: text,
  timezone: orAbsent(text.refine(isTimezone, "not a time zone")),
  submit: orAbsent(z.enum(["zip", "git"])),
  labs: orAbsent(z.record(labId, orAbsent(lab))),
  late: orAbsent(late),
  students: orAbsent(z.array(student).max(5_000, "too long")),
  groups: orAbsent(z.array(group).max(5_000, "too long")),
  remotes: orAbsent(remotes),
});

export type RawCourse = z.infer<typeof course>;
export type RawStudent = z.infer<typeof student>;
export type RawGroup = z.infer<typeof group>;

/** The shapes with fixed keys, by the top-level key under which they stand. */
const shapes: Readonly<Record<string, readonly string[]>> = {
  labs: Object.keys(lab.shape),
  late: Object.keys(late.shape),
  students: Object.keys(student.shape),
  groups: Object.keys(group.shape),
  remotes: Object.keys(remotes.shape),
};

const nextSteps: Readonly<Record<string, string>> = {
  title: 'Write title: "Efficient networks", for example.',
  timezone: "Write a name of the IANA list, such as Europe/Berlin.",
  submit: "Write submit: zip or submit: git.",
  labs: "Write the names of the labs below it, each with due: 2026-12-01 23:59.",
  late: "Write late: { grace: 10 minutes, percentPerDay: 10, maxDays: 3 }.",
  students: "Write a list with one - { id: s12345, name: … } for each student.",
  groups: "Write a list with one - { id: team-a, members: [s12345] } for each group.",
  remotes: "Write remotes: { course: <URL> }.",
  grace: "Write grace: 10 minutes.",
  percentPerDay: "Write a number from 0 to 100.",
  maxDays: "Write a whole number of days.",
  id: "An id has letters, digits, dots, dashes and _, up to 100 of them, and begins with a letter or digit.",
  due: "Write due: 2026-12-01 23:59.",
  extensions: "Write extensions: { s12345: 2026-12-03 23:59 }.",
  remote: "Write a URL, or the path of a repository.",
  course: "Write a URL, or the path of a repository.",
  aliases: "Write a list, [Ada L, ada@example.org], for example.",
  members: "Write a list of the students' ids.",
};

/** Checks the shape of the file; what is wrong goes to `complain`. */
export function readShape(value: unknown, complain: Complain): RawCourse | undefined {
  const parsed = course.safeParse(value === "" || value === null ? {} : value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    if (issue.code === "unrecognized_keys") unknownKeys(issue, complain);
    else complain(issue.path, problemOf(issue, at(value, issue.path)), nextStepFor(issue.path));
  }
  return undefined;
}

function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, complain: Complain): void {
  const [top] = issue.path;
  const known = top === undefined ? Object.keys(course.shape) : (shapes[String(top)] ?? []);
  for (const key of issue.keys) {
    const meant = closest(key, known);
    const hint = meant ? `Did you mean ${meant}?` : `Known here: ${known.join(", ")}.`;
    complain([...issue.path, key], `the key ${quoted(key)} is not known`, hint);
  }
}

function problemOf(issue: z.core.$ZodIssue, value: unknown): string {
  const name = nameOf(issue.path);
  if (value === undefined) return `${name} is missing`;
  if (
    issue.code === "custom" ||
    issue.code === "invalid_format" ||
    issue.code === "too_big" ||
    issue.code === "too_small"
  )
    return `${name} is ${issue.message}: ${quoted(value)}`;
  if (issue.code === "invalid_key") return `${quoted(issue.path.at(-1))} can't stand here`;
  return `${name} can't be ${quoted(value)}`;
}

function nextStepFor(path: readonly PropertyKey[]): string {
  const [top] = path;
  const last = path.findLast((key) => typeof key === "string" && Object.hasOwn(nextSteps, key));
  if (top === "labs" && path.length === 2)
    return "Write the name of a lab's folder, such as 01-quantization:";
  return nextSteps[String(last ?? "title")] ?? "";
}

/** How an error calls the value: its key, or the list's and the place in it. */
function nameOf(path: readonly PropertyKey[]): string {
  const last = path.at(-1);
  if (last === undefined) return "course.yaml";
  return typeof last === "number" ? `entry ${last + 1} of ${String(path.at(-2))}` : String(last);
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}
