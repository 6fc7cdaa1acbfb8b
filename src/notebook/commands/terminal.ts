/** What a command may do to the terminal; `cli.ts` hands it in. */
export interface Terminal {
  readonly colour: boolean;
  readonly columns: number;
  /** To stdout, whole lines. */
  print(text: string): void;
  /** To stderr, a line. */
  note(text: string): void;
  /** One line on stderr that the next call overwrites; empty to take it away. Nothing where it is no terminal. */
  status(text: string): void;
}

/** How a command ended; `cli.ts` makes the exit code of it. */
export type ExitReason = "done" | "mistake" | "ourFault" | "interrupted";
