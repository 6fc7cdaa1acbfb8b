#!/usr/bin/env node
/** The only file of the grader that reads arguments, prints, and sets the exit code. */
import { availableParallelism } from "node:os";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { LabError } from "../src/core/errors.js";
import { printableLines } from "../src/lab/printable.js";
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
  addAuthoring(program);
  addGrading(program);
  addTrying(program);
  return program;
}

/** An instructor's week: from nothing to a published lab. */
function addAuthoring(program: Command): void {
  program
    .command("new <id>")
    .description("make a lab that builds, verifies and grades at once: labs/ID, such as 05-search")
    .option("--title <title>", "what students read at its top (default: made of the id)")
    .option("--questions <n>", "one worked example, the others placeholders", positive, 3)
    .action(async (id: string, options) => {
      const { newLab } = await import("./commands/new.js");
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      terminal.print(await newLab({ ...options, id, workingDir: process.cwd(), timezone: timeZone }));
    });
  program
    .command("build <lab>")
    .description("make the student's notebook, the reference and release.json from notebook.ts")
    .option("--check", "only say whether the committed notebook is up to date", false)
    .option("--watch", "build again after each edit, until Ctrl-C", false)
    .action(async (lab: string, options) => {
      if (options.watch) {
        const { watchBuild } = await import("./commands/build-watch.js");
        const { findLab } = await import("./authoring/find-lab.js");
        const { untilStopped } = await import("./terminal/stop.js");
        const reason = await untilStopped((stop) => watchBuild(findLab(lab), terminal, stop));
        process.exitCode = exit[reason];
        return;
      }
      const { build } = await import("./commands/build.js");
      const { findLab } = await import("./authoring/find-lab.js");
      const { release, files } = await build(findLab(lab), options);
      terminal.print(
        options.check ? `up to date (release ${release})` : `release ${release}\n${files.join("\n")}`,
      );
    });
  program
    .command("import <notebook>")
    .description("make a lab's source of a notebook: of export-source, of nbgrader, or of any other")
    .option("--to <folder>", "the lab's folder (default: labs/ and the notebook's name)")
    .option("--title <title>", "the lab's title (default: its first heading)")
    .option("--force", "replace the notebook.ts of a lab that there is", false)
    .action(async (file: string, options) => {
      const { importLab, importReport } = await import("./commands/import.js");
      const workingDir = process.cwd();
      const { columns } = terminal;
      const result = await importLab({ ...options, file, workingDir });
      terminal.print(importReport(result, { workingDir, columns }));
    });
  program
    .command("export-source <lab>")
    .description("write a lab's whole source as a notebook, to edit in Jupyter and import again")
    .option("--out <file>", "the notebook (default: LAB.source.ipynb in the lab's folder)")
    .option("--force", "replace a notebook whose edits were not imported", false)
    .action(async (lab: string, options) => {
      const { exportLab } = await import("./commands/export-source.js");
      const { findLab } = await import("./authoring/find-lab.js");
      const { path, importCommand } = await exportLab(findLab(lab), options);
      terminal.print(`${path}\nNext: edit it in Jupyter, then ${importCommand}`);
    });
  program
    .command("verify [lab]")
    .description("is a lab fit to be handed out? reference 100 %, starter 0, every mutant caught")
    .option("--seeds <n>", "how many draws of inputs", positive, 3)
    .option("--sample <n>", "only so many mutants of each question, written and automatic", positive)
    .addOption(jobs)
    .addOption(isolation)
    .action(async (lab: string | undefined, options) => {
      const { verify } = await import("./commands/verify.js");
      process.exitCode = exit[await verify(lab, { ...options, mutantsAQuestion: options.sample }, terminal)];
    });
  program
    .command("publish <lab>")
    .description("put a verified lab into the course repository that students clone")
    .option("--to <remote>", "its URL or path, where course.yaml names none")
    .option("--dry-run", "show what would be pushed, and push nothing", false)
    .action(async (lab: string, options) => {
      const { publishLab } = await import("./commands/publish.js");
      process.exitCode = exit[await publishLab({ ...options, lab }, terminal)];
    });
}

/** A TA's week: from what students handed in to grades. */
function addGrading(program: Command): void {
  program
    .command("collect <lab>")
    .description(
      "bring what students handed in to submissions/, with commit, time and lateness; run nothing of it",
    )
    .option(
      "--from <path>",
      "a folder or a zip file, of a learning platform for instance, instead of git remotes",
    )
    .option("--student <id...>", "only these students")
    .option("--submissions <dir>", "the folder; what is late goes to DIR-late", "submissions")
    .option("--json", "print one object a line for each student", false)
    .action(async (lab: string, options) => {
      const { collect } = await import("./commands/collect.js");
      process.exitCode = exit[await collect({ ...options, lab, students: options.student ?? [] }, terminal)];
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
}

/** Whether it works here. */
function addTrying(program: Command): void {
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
    .command("doctor")
    .description("what works on this machine: isolation, libraries, limits")
    .action(async () => {
      const { doctor } = await import("./commands/doctor.js");
      const { text, ok } = await doctor({ colour: terminal.colour });
      terminal.print(text);
      process.exitCode = ok ? exit.done : exit.mistake;
    });
}

try {
  await grader().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exit.done : exit.mistake;
  } else if (error instanceof LabError) {
    process.stderr.write(`grader: ${printableLines(error.message)}\n`);
    process.exitCode = exit.mistake;
  } else {
    process.stderr.write(`${printableLines(error instanceof Error ? `${error.stack}` : String(error))}\n`);
    process.exitCode = exit.ourFault;
  }
}
