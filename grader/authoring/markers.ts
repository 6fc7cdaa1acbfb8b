import type { LabError } from "../../src/core/errors.js";

/** Makes the error for one line of a lab's source. */
export type Complain = (line: number, problem: string, nextStep: string) => LabError;

/** What a `// %%` line says. */
export type Marker =
  | { readonly role: "prose" | "code" | "explore" }
  | { readonly role: "check"; readonly id: string }
  | { readonly role: "answer"; readonly id: string; readonly title: string; readonly points: number }
  | {
      readonly role: "written";
      readonly id: string;
      readonly title: string;
      readonly points: number;
      readonly rubric: readonly string[];
    };

const forms = `// %%
  // %% [markdown]
  // %% question q1 points=10 title="…"
  // %% check q1
  // %% explore
  // %% written w1 points=6 title="…" rubric="…; …"`;

/** Reads one marker line, as in `// %% question q1 points=10 title="Affine parameters"`. */
export function parseMarker(content: string, line: number, complain: Complain): Marker {
  const match = /^\/\/ %%(?: (.*))?$/.exec(content.trimEnd());
  if (!match) throw complain(line, "a cell marker that is not known", `Write one of\n  ${forms}`);
  const [word = "", ...rest] = (match[1] ?? "").trim().split(" ");
  const text = rest.join(" ").trim();
  switch (word) {
    case "":
      return { role: "code" };
    case "[markdown]":
      return bare("prose");
    case "explore":
      return bare("explore");
    case "check":
      return { role: "check", id: questionId(text, line, complain) };
    case "question": {
      const { id, title, points } = questionMarker(word, text, line, complain);
      return { role: "answer", id, title, points };
    }
    case "written":
      return { role: "written", ...questionMarker(word, text, line, complain) };
    default:
      throw complain(line, `the cell marker "${word}" is not known`, `Write one of\n  ${forms}`);
  }

  function bare(role: "prose" | "explore"): Marker {
    if (text !== "") throw complain(line, `"${word}" takes nothing behind it, got "${text}"`, "Remove that.");
    return { role };
  }
}

type Word = "question" | "written";

const attributeNames = {
  question: ["points", "title"],
  written: ["points", "title", "rubric"],
} as const;

function questionMarker(word: Word, text: string, line: number, complain: Complain) {
  const id = questionId(text.split(" ")[0] ?? "", line, complain);
  const attributes = attributesOf(word, text.slice(id.length), line, complain);
  const title = attributes.get("title")?.trim() ?? "";
  const points = Number(attributes.get("points") ?? "");
  const rubric = (attributes.get("rubric") ?? "").split(";").map((item) => item.trim());
  if (title === "") throw complain(line, `${word} "${id}" has no title`, 'Add title="…".');
  if (!Number.isInteger(points) || points < 1)
    throw complain(line, `${word} "${id}" needs points, a whole number above 0`, "Add points=10.");
  return { id, title, points, rubric: rubric.filter((item) => item !== "") };
}

// A letter and a number, so that an id can't be mistaken for those of other cells ("check-q1", "extra-1").
function questionId(text: string, line: number, complain: Complain): string {
  if (!/^[a-z]+[0-9]{1,4}$/.test(text) || text.length > 20)
    throw complain(line, `a question's id is a word and a number, got "${text}"`, "Write q1, for example.");
  return text;
}

function attributesOf(word: Word, text: string, line: number, complain: Complain): Map<string, string> {
  const names = attributeNames[word];
  const found = new Map<string, string>();
  const pattern = new RegExp(` (${names.join("|")})=(?:"([^"]*)"|([^\\s"]+))`, "g");
  const rest = text.replace(pattern, (whole, name, quoted, bare) => {
    if (found.has(name)) return whole;
    found.set(name, quoted ?? bare);
    return "";
  });
  if (rest.trim() !== "")
    throw complain(
      line,
      `"${rest.trim()}" is not understood`,
      `A ${word} has ${names.map((name) => (name === "points" ? "points=10" : `${name}="…"`)).join(", ")}, once each.`,
    );
  return found;
}
