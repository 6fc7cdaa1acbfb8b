#!/usr/bin/env node
/** The only file of the student's command that reads arguments, prints, and sets the exit code. */
import { Command, CommanderError, Option } from "commander";
import { LabError } from "../core/errors.js";
import { printableLines } from "../lab/printable.js";
import type { ExitReason, Terminal } from "./commands/terminal.js";

const exit: Record<ExitReason, number> = { done: 0, mistake: 1, ourFault: 70, interrupted: 130 };

const { env, stdout, stderr } = process;
const terminal: Terminal = {
  // https://no-color.org
  colour: stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb",
  columns: Math.min(stdout.columns ?? 100, 100),
  print: (text) => void stdout.write(text.endsWith("\n") ? text : `${text}\n`),
  note: (text) => void stderr.write(`${text}\n`),
  status: (text) => {
    if (stderr.isTTY) stderr.write(`\r\u001b[K${text}`);
  },
};

/** What stands behind -- goes to Jupyter. */
const separator = process.argv.indexOf("--");
const own = separator === -1 ? process.argv : process.argv.slice(0, separator);
const extra = separator === -1 ? [] : process.argv.slice(separator + 1);

/** Ctrl-C ends what runs, and nothing is left half done. */
const interruption = new AbortController();
const { signal } = interruption;

function interruptible(): AbortSignal {
  process.once("SIGINT", () => interruption.abort());
  return signal;
}

function edgelab(): Command {
  const program = new Command("edgelab").description("Works on the labs of a course.");
  program.exitOverride().showHelpAfterError("(edgelab --help lists the commands)");
  addJupyter(program);
  addCheck(program);
  addSubmit(program);
  program
    .command("doctor")
    .description("say what is missing or broken in this set-up, and what to do")
    .action(async () => {
      const { doctor } = await import("./commands/doctor.js");
      const healthy = await doctor({ cwd: process.cwd(), env, signal: interruptible() }, terminal);
      process.exitCode = healthy ? exit.done : exit.mistake;
    });
  return program;
}

function addJupyter(program: Command): void {
  program
    .command("jupyter [lab]")
    .description("open the labs in Jupyter, or one of them; what stands behind -- goes to Jupyter")
    .option("--no-browser", "only print the address")
    .action(async (lab: string | undefined, { browser }) => {
      const { jupyter } = await import("./commands/jupyter.js");
      const onStop = (stop: () => void) => {
        for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, stop);
      };
      process.exitCode = await jupyter({ lab, browser, extra, cwd: process.cwd(), env, onStop }, terminal);
    });
}

function addCheck(program: Command): void {
  program
    .command("check [notebook] [questions...]")
    .description("run a notebook as the grader will, and the public tests of its questions")
    .action(async (notebook: string | undefined, questions: string[]) => {
      const { check } = await import("./commands/check.js");
      const options = { notebook, questions, cwd: process.cwd(), signal: interruptible() };
      process.exitCode = exit[await check(options, terminal)];
    });
}

function addSubmit(program: Command): void {
  const ways = new Option(
    "--to <way>",
    "a zip file to upload, or a commit that is pushed; as the course says",
  );
  program
    .command("submit [notebook]")
    .description("hand a notebook in, as it was saved")
    .addOption(ways.choices(["zip", "git"]))
    .action(async (notebook: string | undefined, { to }) => {
      const { submit } = await import("./commands/submit.js");
      await submit({ notebook, to, cwd: process.cwd(), signal: interruptible() }, terminal);
    });
}

try {
  await edgelab().parseAsync(own);
} catch (error) {
  terminal.status("");
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exit.done : exit.mistake;
  } else if (signal.aborted) {
    terminal.note("edgelab: stopped.");
    process.exitCode = exit.interrupted;
  } else if (error instanceof LabError) {
    terminal.note(`edgelab: ${printableLines(error.message)}`);
    process.exitCode = exit.mistake;
  } else {
    terminal.note(printableLines(error instanceof Error ? `${error.stack}` : String(error)));
    process.exitCode = exit.ourFault;
  }
}
