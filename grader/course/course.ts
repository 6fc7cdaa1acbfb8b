/** `course.yaml`, read: whoever takes part, what is due when, and where the work lies. */
export interface Course {
  /** Absolute path of the folder that holds course.yaml; `labs/` lies beside it. */
  readonly dir: string;
  readonly title: string;
  /** IANA name of the zone that due dates are written and shown in, such as "Europe/Berlin". */
  readonly timezone: string;
  /** How students hand in when nothing else is said. */
  readonly submit: "zip" | "git";
  readonly students: readonly Student[];
  readonly groups: readonly Group[];
  readonly labs: ReadonlyMap<string, LabDates>;
  readonly late: LatePolicy;
  readonly remotes: Remotes;
}

export interface Student {
  /** Names the student everywhere: folders, gradebook, feedback. Unicode in its composed form (NFC). */
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  /** Where this student, or the student's group, pushes to: a URL, or the absolute path of a repository. */
  readonly remote?: string;
  readonly group?: string;
  /** Other names, under which a learning platform's download knows the student. */
  readonly aliases: readonly string[];
}

export interface Group {
  readonly id: string;
  /** Ids of students on the roster. */
  readonly members: readonly string[];
  readonly remote?: string;
}

export interface LabDates {
  readonly due?: Date;
  /** By student or group id: a later due date for some. */
  readonly extensions: ReadonlyMap<string, Date>;
}

/** What lateness costs. Collecting notes it beside each late version; whoever makes grades of scores takes it off. */
export interface LatePolicy {
  /** Minutes after the due date that still count as on time. */
  readonly graceMinutes: number;
  /** Percent of the points, for each day that has begun. */
  readonly percentPerDay: number;
  /** After so many days a submission counts no more. Infinity where there is no such limit. */
  readonly maxDays: number;
}

/** Repositories that belong to the course: URLs, or absolute paths. */
export interface Remotes {
  /** What students clone: where `grader publish` pushes to. */
  readonly course?: string;
}
