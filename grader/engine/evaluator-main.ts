/**
 * The program of the evaluator's jail: a lab's own functions over what students' functions returned. Nothing of a
 * student's runs here, and what is sent back can be believed.
 */
import { createRequire, Module } from "node:module";
import { Socket } from "node:net";
import path from "node:path";
import { decode as decodeMessage, encode as encodeMessage } from "@msgpack/msgpack";
import { LabError } from "../../src/core/errors.js";
import { decode, encode } from "../../src/lab/wire.js";
import { receiveFrames, sendFrame } from "./frames.js";
import type { EvaluatorCommand, EvaluatorReply, EvaluatorReport } from "./messages.js";

type Functions = Readonly<Record<string, unknown>>;

/** Named as if it lay in the lab's folder: from there it finds edgelab and its packages. */
const place = path.join(process.cwd(), "evaluate.cjs");
const requireHere = createRequire(place);

function load(code: string): Functions {
  const module = new Module(place) as Module & {
    paths: string[];
    _compile(code: string, file: string): void;
  };
  module.filename = place;
  module.paths = requireHere.resolve.paths("edgelab") ?? [];
  module._compile(code, place);
  return module.exports as Functions;
}

async function perform(functions: Functions, request: Uint8Array): Promise<EvaluatorReply> {
  const [name, args] = decode(request) as [string, unknown[]];
  const callee = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (typeof callee !== "function") return ["failed", `evaluate.ts exports no function ${name}`];
  try {
    return ["value", await callee(...args)];
  } catch (error) {
    // The edgelab that evaluate.ts imports, not the copy in this bundle.
    const { LabError: Refusal } = requireHere("edgelab/core") as { readonly LabError: typeof LabError };
    if (error instanceof Refusal) return ["refused", error.message];
    return ["failed", `${name} of evaluate.ts threw ${String(error)}`];
  }
}

/** How much comes back may depend on the artifact; of what kind it is does not. */
function encoded(reply: EvaluatorReply): Uint8Array {
  try {
    return encode(reply);
  } catch (error) {
    const isSize = error instanceof LabError && error.code === "TOO_MUCH_DATA";
    return encode([isSize ? "refused" : "failed", `the result of evaluate.ts: ${String(error)}`]);
  }
}

function main(): void {
  const pipe = new Socket({ fd: 3 });
  const send = (report: EvaluatorReport): void => sendFrame(pipe, encodeMessage(report));
  let functions: Functions = {};
  const start = (code: string): void => {
    try {
      functions = load(code);
      send(["ready", ""]);
    } catch (error) {
      send(["ready", String(error)]);
    }
  };
  const onCommand = (body: Buffer): void => {
    const command = decodeMessage(body) as EvaluatorCommand;
    if (command[0] === "load") start(command[1]);
    else void perform(functions, command[2]).then((reply) => send(["call", command[1], encoded(reply)]));
  };
  receiveFrames(pipe, 64 * 1024 * 1024, onCommand, () => process.exit(1));
  pipe.on("end", () => process.exit(0));
}

main();
