/** What a colour stands for; a sign or a word always says the same beside it. */
export type Tone = "pass" | "fail" | "cannot-judge" | "muted";

const codes: Readonly<Record<Tone, number>> = { pass: 32, fail: 31, "cannot-judge": 35, muted: 2 };

/** Colours the text where colours are wanted. */
export function paint(tone: Tone, text: string, colour: boolean): string {
  return colour ? `\u001b[${codes[tone]}m${text}\u001b[0m` : text;
}
