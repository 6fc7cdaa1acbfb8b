/** One cell as the converter compiled it: all that the executor needs. */
export interface CompiledCell {
  readonly output?: string | undefined;
  readonly declOutput?: string | undefined;
  readonly hasToplevelAwait?: boolean | undefined;
  readonly lastExpressionVar?: string | undefined;
  readonly sideOutputs?: readonly { readonly path: string; readonly data: string }[] | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly meta: CellMeta;
}

export interface Diagnostic {
  readonly start: { readonly line: number; readonly character: number };
  readonly messageText: string;
  readonly fileName?: string | undefined;
}

/** What doc comments at the top of a cell ask of tslab. */
export interface CellMeta {
  readonly module?: string | undefined;
  readonly mode?: "node" | "browser" | undefined;
  readonly jsx?: boolean | undefined;
}

export type CellOutput =
  | { readonly type: "stream"; readonly name: "stdout" | "stderr"; readonly text: string }
  | { readonly type: "display"; readonly data: Readonly<Record<string, string>>; readonly id?: string };

/** To the executor: run a cell, or serve a call. `id` is drawn at random for each. */
export type Command =
  | readonly ["cell", id: string, cell: CompiledCell]
  | readonly ["call", id: string, request: Uint8Array];

/** From the executor. Whoever reads it trusts nothing but the value inside a call's reply. */
export type Report =
  | readonly ["ready"]
  | readonly ["cell", id: string, ok: boolean, outputs: readonly CellOutput[]]
  | readonly ["call", id: string, reply: Uint8Array, outputs: readonly CellOutput[]];

/** To the evaluator: the program first, then calls of its functions. `request` holds a name and the arguments. */
export type EvaluatorCommand =
  | readonly ["load", code: string]
  | readonly ["call", id: string, request: Uint8Array];

/** From the evaluator: why the program did not load (empty when it did), or an `EvaluatorReply` in bytes. */
export type EvaluatorReport =
  | readonly ["ready", problem: string]
  | readonly ["call", id: string, reply: Uint8Array];

/** A value; a refusal of the artifact by `evaluate.ts` itself; or a failure that is not the artifact's. */
export type EvaluatorReply =
  | readonly ["value", value: unknown]
  | readonly ["refused", why: string]
  | readonly ["failed", why: string];
