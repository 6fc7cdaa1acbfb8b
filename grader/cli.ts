#!/usr/bin/env node
/** The only file of the grader that reads arguments, prints, and sets the exit code. */
import { availableParallelism } from "node:os";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { LabError } from "../src/core/errors.js";
import { wantsColour } from "./terminal/colours.js";
import type { ExitReason, Terminal } from "./terminal/terminal.js";

const exit: Record<ExitReason, number> = {
  done: 0,
  mistake: 1,
  needsPerson: 2,
  ourFault: 70,
  interrupted: 130,
};

const terminal: Terminal = {
  colour: wantsColour(process.stdout, process.env),
  columns: Math.min(process.stdout.columns ?? 100, 100),
  print: (text) => void process.stdout.write(text.endsWith("\n") ? text : `${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
};

const isolation = new Option("--isolation <kind>", "how students' code is kept apart")
  .choices(["auto", "bubblewrap", "util-linux", "none"])
  .default("auto");
const jobs = new Option("--jobs <n>", "submissions at a time")
  .argParser(positive)
  .default(availableParallelism(), "processors");

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 256)
    throw new InvalidArgumentError("give a whole number from 1 to 256");
  return value;
}

function grader(): Command {
  const program = new Command("grader").description("Grades labs: hidden tests, a sandbox, a gradebook.");
  program.exitOverride().showHelpAfterError("(grader --help lists the commands)");
  program
    .command("demo")
    .description("grade the example cohort into a throw-away gradebook, and compare with what is expected")
    .addOption(isolation)
    .addOption(jobs)
    .action(async (options) => {
      const { demo } = await import("./commands/demo.js");
      process.exitCode = exit[await demo(options, terminal)];
    });
  program
    .command("run <lab>")
    .description("grade a folder of submissions, laid out as DIR/{student}/{lab}/{notebook}.ipynb")
    .option("--submissions <dir>", "the folder", "submissions")
    .option("--student <id...>", "only these students")
    .addOption(jobs)
    .addOption(isolation)
    .option("--gradebook <url>", "where grades are kept", "gradebook.db")
    .option("--feedback <dir>", "where feedback pages are written", "feedback")
    .option("--resume", "leave out what is graded already and has not changed", false)
    .option("--json", "print one object a line as each submission ends", false)
    .action(async (lab: string, options) => {
      const { run } = await import("./commands/run.js");
      process.exitCode = exit[await run({ ...options, lab, students: options.student ?? [] }, terminal)];
    });
  program
    .command("build <lab>")
    .description("make the student's notebook, the reference and the locked cells from notebook.ts")
    .option("--check", "only say whether the committed notebook is up to date", false)
    .action(async (lab: string, options) => {
      const { build } = await import("./commands/build.js");
      const { findLab } = await import("./authoring/find-lab.js");
      const { release, files } = await build(findLab(lab), options);
      terminal.print(
        options.check ? `up to date (release ${release})` : `release ${release}\n${files.join("\n")}`,
      );
    });
  program
    .command("verify [lab]")
    .description("is a lab fit to be handed out? reference 100 %, starter 0, every mutant caught")
    .option("--seeds <n>", "how many draws of inputs", positive, 3)
    .option("--sample <n>", "only so many mutants of each question", positive)
    .addOption(isolation)
    .action(async (lab: string | undefined, options) => {
      const { verify } = await import("./commands/verify.js");
      process.exitCode = exit[await verify(lab, { ...options, mutantsAQuestion: options.sample }, terminal)];
    });
  program
    .command("doctor")
    .description("what works on this machine: isolation, libraries, limits")
    .action(async () => {
      const { doctor } = await import("./commands/doctor.js");
      const { text, ok } = await doctor({ colour: terminal.colour });
      terminal.print(text);
      process.exitCode = ok ? exit.done : exit.mistake;
    });
  return program;
}

try {
  await grader().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exit.done : exit.mistake;
  } else if (error instanceof LabError) {
    process.stderr.write(`grader: ${error.message}\n`);
    process.exitCode = exit.mistake;
  } else {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = exit.ourFault;
  }
}
