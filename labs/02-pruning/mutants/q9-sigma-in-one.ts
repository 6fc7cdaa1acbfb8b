import { mutant } from "edgelab/testing";

export default mutant("q9", {
  misconception: "The singular values belong to U.",
  changes: [
    ["const share = Math.sqrt(s[j]!);", "const share = s[j]!;"],
    ["= share * v[column * k + j]!", "= v[column * k + j]!"],
  ],
  caughtBy: ["splits the worked matrix into two factors", "shares each singular value equally"],
  feedback: "Your product is right. Compare the lengths of a column of A and of the row of B that it meets.",
});
