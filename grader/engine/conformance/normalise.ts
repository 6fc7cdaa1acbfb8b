/** What a cell answered, in a form in which the kernel and the engine can be compared. */
export interface Answer {
  readonly status: string;
  readonly stdout: string;
  readonly stderr: string;
  /** One mime bundle each, in order, updates applied. */
  readonly displays: readonly Readonly<Record<string, string>>[];
}

/** Takes out of an answer what may differ between two correct ones. */
export function normalise(answer: Answer, folder: string): Answer {
  return {
    ...answer,
    stdout: withoutPlaces(answer.stdout, folder),
    stderr: withoutPlaces(answer.stderr, folder),
  };
}

/**
 * What stands in a printed error about where it was thrown, beside the cell's own line.
 *
 * Each pattern takes whole lines.
 */
const places = [
  // Frames: those below the cell's own are the kernel's or the engine's, and even the cell's are counted by Node.
  /^ +at .*\n?/gm,
  // Node's summary of frames that an error shares with its cause: as many as there are frames of the program.
  /^ +\.\.\. \d+ lines matching cause stack trace \.\.\.\n?/gm,
  // The line that threw, where it belongs to a package or to Node: its path is the machine's, its text Node's
  // release's. The cell's own ("evalmachine.<anonymous>") stays: there, both must show the same compiled line.
  /^(?:file:\/\/|node:|\/)\S*:\d+\n.*\n *\^+\n\n/gm,
];

function withoutPlaces(text: string, folder: string): string {
  // The folder of the notebook lies elsewhere in each run.
  return places.reduce((left, place) => left.replace(place, ""), text.replaceAll(folder, "<folder>"));
}
