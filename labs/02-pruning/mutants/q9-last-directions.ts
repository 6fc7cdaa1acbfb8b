import { mutant } from "edgelab/testing";

export default mutant("q9", {
  misconception: "Any singular values will do.",
  changes: [
    ["const share = Math.sqrt(s[j]!);", "const share = Math.sqrt(s[k - 1 - j]!);"],
    ["u[row * k + j]! * share", "u[row * k + k - 1 - j]! * share"],
    ["v[column * k + j]!", "v[column * k + k - 1 - j]!"],
  ],
  caughtBy: [
    "splits the worked matrix into two factors",
    "multiplies back to the nearest matrix of that rank",
    "shares each singular value equally",
  ],
  feedback: "Your factors leave out the strongest directions. In which order are the singular values given?",
});
