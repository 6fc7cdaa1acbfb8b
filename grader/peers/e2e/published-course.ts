import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unpackEdgelab } from "../../engine/conformance/types/installed.js";
import { packageRoot } from "../../package-root.js";
import { Course } from "../../publish/fixtures/course.js";
import { lab } from "./places.js";

export const student = "s12345";

/** An instructor's folder, a course that was published from it, and a student who has cloned and installed it. */
export class PublishedCourse {
  readonly instructor: string;
  readonly clone: string;
  readonly #course: Course;

  private constructor(course: Course) {
    this.#course = course;
    this.instructor = course.folder;
    this.clone = join(course.folder, "clone");
  }

  /** Lab 1 counts as verified: `grader verify` has tests of its own, and takes minutes. */
  static async create(): Promise<PublishedCourse> {
    const published = new PublishedCourse(await Course.create());
    const { instructor, clone } = published;
    const handedIn = join(instructor, "handed-in.git");
    writeFileSync(join(instructor, "course.yaml"), courseYaml(published.#course.remote, handedIn));
    published.grader("publish", lab);
    git(instructor, "init", "--quiet", "--bare", "--initial-branch=main", handedIn);
    git(instructor, "clone", "--quiet", published.#course.remote, clone);
    git(clone, "remote", "add", "submit", handedIn);
    git(clone, "config", "user.name", student);
    git(clone, "config", "user.email", `${student}@example.org`);
    const tarball = readdirSync(clone).find((name) => name.endsWith(".tgz"));
    unpackEdgelab(clone, join(clone, tarball ?? ""));
    return published;
  }

  /** What the built command prints, in the instructor's folder. */
  grader(...args: readonly string[]): string {
    const cli = join(packageRoot(), "dist/grader/cli.js");
    const options = { cwd: this.instructor, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], options);
    if (status !== 0) throw new Error(`grader ${args.join(" ")} ended with ${status}: ${stdout}${stderr}`);
    return stdout;
  }

  remove(): Promise<void> {
    return this.#course.remove();
  }
}

function git(cwd: string, ...args: readonly string[]): void {
  execFileSync("git", args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
}

const courseYaml = (course: string, handedIn: string): string => `title: Small devices
timezone: Europe/Berlin
submit: git
remotes:
  course: ${course}
students:
  - id: ${student}
    remote: ${handedIn}
labs:
  ${lab}:
    due: 2099-01-01 12:00
`;
