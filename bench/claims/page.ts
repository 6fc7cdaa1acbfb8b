import type { Claim } from "./claim.js";

const how: Readonly<Record<Claim["evidence"], string>> = {
  measured: "this command ran it",
  recorded: "a training run that `npm run assets` recorded",
  computed: "arithmetic on published structures or on the slide's own figures",
  published: "others measured it; `bench/claims/published.json` has the sources",
};

/** docs/claims.md: one row a claim. */
export function claimsPage(claims: readonly Claim[], machine: string): string {
  const count = (verdict: Claim["verdict"]): number =>
    claims.filter((claim) => claim.verdict === verdict).length;
  return `# The lecture's claims, beside what was found

Written by \`npm run claims\`: change \`bench/claims/\`, not this page. Times hang on the machine (${machine}).
[errata.md](errata.md) has the arithmetic of what is wrong on the slides; [coverage.md](coverage.md) says which question
teaches what.

Of ${claims.length} claims ${count("holds")} hold, ${count("holds in part")} hold in part, ${count("fails")} fail. A claim holds where every case
that was looked at bears it out, and in part where some do.

| slide | the lecture says | found | how | verdict | taught in |
|---|---|---|---|---|---|
${claims.map(claimRow).join("\n")}

${Object.entries(how)
  .map(([evidence, meaning]) => `- **${evidence}**: ${meaning}.`)
  .join("\n")}

## Not in the table

What needs an exported model or a device is not measured yet: ONNX Runtime "2–3× faster than PyTorch on CPU", fused
graphs, TFLite and TensorRT, battery drain.
`;
}

export function claimRow({ slide, says, found, evidence, verdict, taught }: Claim): string {
  const cells = [slide, says, found, evidence, `**${verdict}**`, taught || "–"];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
