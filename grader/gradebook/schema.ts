import type { Generated } from "kysely";
import type { Status, Verdict, Visibility } from "../pipeline/record.js";

/** The newest form of the tables; `migrations/` holds the way there. Rows are only ever added. */
export interface Schema {
  course: CourseTable;
  students: StudentTable;
  releases: ReleaseTable;
  submissions: SubmissionTable;
  attempts: AttemptTable;
  question_results: QuestionResultTable;
  test_results: TestResultTable;
  written_answers: WrittenAnswerTable;
}

/** What the course has one of, by name: its secret. */
interface CourseTable {
  key: string;
  value: string;
}

interface StudentTable {
  id: string;
  first_seen: string;
}

/** What submissions are graded against: a lab's release, and the tests as they were then. */
interface ReleaseTable {
  id: Generated<number>;
  lab: string;
  release: string;
  tests_hash: string;
  first_used: string;
}

/** What a student handed in; the same bytes handed in twice are one submission. */
interface SubmissionTable {
  id: Generated<number>;
  student_id: string;
  lab: string;
  notebook_hash: string;
  first_seen: string;
}

/** One grading of a submission. The one with the highest id counts. */
interface AttemptTable {
  id: Generated<number>;
  submission_id: number;
  release_id: number;
  started_at: string;
  status: Status;
  score: number;
  max_score: number;
  isolation: string;
  duration_ms: number;
  receipt: string;
  seed_hash: string;
  problem: string;
  /** A JSON list of lines. */
  notices: string;
}

interface QuestionResultTable {
  attempt_id: number;
  question_id: string;
  position: number;
  title: string;
  score: number;
  max_score: number;
  answer: string;
  cell_error: string;
  printed: string;
  /** A JSON list of lines. */
  misconceptions: string;
}

interface TestResultTable {
  attempt_id: number;
  question_id: string;
  position: number;
  title: string;
  verdict: Verdict;
  points: number;
  visibility: Visibility;
  message: string;
  hint: string;
}

/** An answer in words, as it was handed in. Attempts from before there were any have none. */
interface WrittenAnswerTable {
  attempt_id: number;
  question_id: string;
  position: number;
  title: string;
  max_score: number;
  /** A JSON list of lines. */
  rubric: string;
  answer: string;
}
