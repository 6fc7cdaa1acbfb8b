import { finiteNumber, numbers, question, within } from "edgelab/testing";

const twoLayers = [
  { sparsities: [0, 0.5, 0.8], accuracies: [0.94, 0.9, 0.7] },
  { sparsities: [0, 0.5, 0.8], accuracies: [0.94, 0.93, 0.91] },
];

/** Four numbers below 1 are added; each addition rounds by at most 2^-53, as do the numbers themselves. */
const sumSlack = 8 * 2 ** -53;

export default question("q4", ({ student, test }) => {
  async function planFor(toRemove: number): Promise<number[]> {
    return numbers(await student.call("chooseSparsities", twoLayers, [200, 1000], toRemove), 2, "the plan");
  }

  test(
    1,
    "walks to the floor, and not beyond",
    async () => {
      const sparsities = [0, 0.25, 0.5, 0.75, 0.9];
      const scan = { sparsities, accuracies: [0.94, 0.942, 0.93, 0.88, 0.91] };
      for (const [floor, expected] of [
        [0.9, 0.5],
        [0.93, 0.5],
        [0.88, 0.9],
        [0.935, 0.25],
        [0.95, 0],
      ] as const) {
        const safe = finiteNumber(
          await student.call("largestSafeSparsity", scan, floor),
          "largestSafeSparsity",
        );
        within(safe, expected, 0, `the answer for the floor ${floor}`);
      }
    },
    { hint: "Put your finger on sparsity 0 of the example and go right. When do you have to stop?" },
  );

  test(
    1,
    "predicts the losses of the worked example",
    async () => {
      for (const [plan, loss] of [
        [[0.8, 0.8], 0.27],
        [[0.5, 0.8], 0.07],
        [[0, 0.8], 0.03],
        [[0, 0], 0],
      ] as const) {
        const predicted = await student.call("predictedLoss", twoLayers, plan);
        within(finiteNumber(predicted, "predictedLoss"), loss, sumSlack, `the loss of ${plan.join(", ")}`);
      }
    },
    { hint: "What does layer A lose at 0.5, compared with sparsity 0? And B at 0.8?" },
  );

  test(
    2,
    "finds the plan of the worked example, and those for other sizes",
    async () => {
      for (const [toRemove, expected] of [
        [840, [0.5, 0.8]],
        [900, [0.5, 0.8]],
        [901, [0.8, 0.8]],
        [800, [0, 0.8]],
        [0, [0, 0]],
      ] as const) {
        within(await planFor(toRemove), expected, 0, `the plan that removes ${toRemove}`);
      }
    },
    { hint: "Write down all nine plans of the example, what each removes, and what it costs." },
  );

  test(
    1,
    "takes the most there is where no plan removes enough",
    async () => {
      within(await planFor(961), [0.8, 0.8], 0, "the plan");
    },
    { hint: "No plan of the example removes more than 960 weights. What does the text ask for then?" },
  );
});
