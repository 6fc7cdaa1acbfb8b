import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { LabError } from "../errors.js";
import { chooseBackend } from "./index.js";
import { loadNative } from "./native.js";

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("chooseBackend", () => {
  afterEach(() => chooseBackend({ backend: "wasm" }));

  it("takes what was asked for, and keeps it", async () => {
    for (const backend of ["cpu", "wasm"] as const) {
      expect(await chooseBackend({ backend })).to.deep.equal({ backend, reason: "asked for" });
      expect(tf.getBackend()).to.equal(backend);
      expect(await chooseBackend()).to.deep.equal({ backend, reason: "asked for" });
    }
  });

  it("sets its choice again after something else was set", async () => {
    await tf.setBackend("cpu");
    expect((await chooseBackend()).backend).to.equal("wasm");
    expect(tf.getBackend()).to.equal("wasm");
  });

  it("refuses an unknown backend, and stays with the one before", async () => {
    const error = await refusal(chooseBackend({ backend: "gpu" as never }));
    expect(error).to.be.instanceOf(LabError);
    expect((error as LabError).message).to.include('no backend "gpu"');
    expect((await chooseBackend()).backend).to.equal("wasm");
  });

  it("decides by itself in a fresh process, says why, and prints nothing of its own", () => {
    const url = (path: string): string =>
      JSON.stringify(pathToFileURL(resolve(import.meta.dirname, path)).href);
    const code = `
      const { teachingMlp } = await import(${url("../zoo/index.ts")});
      const { seeded } = await import(${url("../random.ts")});
      const { chooseBackend, fit } = await import(${url("index.ts")});
      const model = teachingMlp(seeded("made before a backend was chosen"));
      const inputs = { shape: [2, 28, 28, 1], data: new Float32Array(2 * 784) };
      const data = { inputs, labels: Int32Array.of(0, 1), classes: 10 };
      const { backend, backendReason, stopped } = await fit(model, data, { epochs: 1, rng: seeded("order") });
      const again = await Promise.all([chooseBackend(), chooseBackend()]);
      console.log(JSON.stringify({ backend, backendReason, stopped, again }));`;
    const flags = ["--no-warnings", "--import", "tsx", "--input-type=module", "-e", code];
    const { stdout, stderr } = spawnSync(process.execPath, flags, { encoding: "utf8" });
    expect(stderr).to.equal("");
    const { backend, backendReason: reason, stopped, again } = JSON.parse(stdout);
    expect(stopped).to.equal("finished");
    expect(again).to.deep.equal([
      { backend, reason },
      { backend, reason },
    ]);
    const installed = reason === "@tensorflow/tfjs-node is installed";
    expect(backend).to.equal(installed ? "tfjs-node" : "wasm");
    if (!installed)
      expect(reason).to.match(/^the default; @tensorflow\/tfjs-node (is not installed|does not )/);
  });

  it("leaves an error that nobody catches as short as it was", () => {
    const index = JSON.stringify(pathToFileURL(resolve(import.meta.dirname, "index.ts")).href);
    const code = `
      const { chooseBackend } = await import(${index});
      const choosing = chooseBackend({ backend: "wasm" });
      process.on("unhandledRejection", () => {});
      await choosing;
      console.log(process.listenerCount("uncaughtException"), process.listenerCount("unhandledRejection"));
      process.removeAllListeners("unhandledRejection");
      throw new Error("mine");`;
    const flags = ["--no-warnings", "--import", "tsx", "--input-type=module", "-e", code];
    const { stdout, stderr, status } = spawnSync(process.execPath, flags, { encoding: "utf8" });
    expect(status).to.equal(1);
    // The one listener is the program's own, added while the backend was loading.
    expect(stdout).to.equal("0 1\n");
    expect(stderr).to.include("Error: mine");
    expect(stderr.length).to.be.below(2000);
  });
});

describe("loadNative", () => {
  const registered = (): boolean => tf.findBackendFactory("tensorflow") !== null;
  const copyOfCpu = async (): Promise<void> => {
    tf.registerBackend("tensorflow", tf.findBackendFactory("cpu") as () => tf.KernelBackend);
  };
  const removeKernels = (): void => {
    for (const { kernelName } of tf.getKernelsForBackend("tensorflow")) {
      tf.unregisterKernel(kernelName, "tensorflow");
    }
  };

  afterEach(async () => {
    if (registered()) tf.removeBackend("tensorflow");
    removeKernels();
    await chooseBackend({ backend: "wasm" });
  });

  it("says that the package is not there", async () => {
    const missing = "@tensorflow/tfjs-node";
    const error = Object.assign(new Error(`Cannot find package '${missing}' imported from x.js`), {
      code: "ERR_MODULE_NOT_FOUND",
    });
    expect(await loadNative(() => Promise.reject(error))).to.equal(`${missing} is not installed`);
  });

  it("gives the first line of why a package that is there does not load", async () => {
    const error = new Error(
      "The native addon module (tfjs_binding.node) can not be found at path: x.\nRun npm rebuild",
    );
    expect(await loadNative(() => Promise.reject(error))).to.equal(
      "@tensorflow/tfjs-node does not load: The native addon module (tfjs_binding.node) can not be found at path: x.",
    );
    const inner = Object.assign(new Error("Cannot find package 'tar' imported from x.js"), {
      code: "ERR_MODULE_NOT_FOUND",
    });
    expect(await loadNative(() => Promise.reject(inner))).to.include(
      "does not load: Cannot find package 'tar'",
    );
  });

  it("takes a package that loads and computes", async () => {
    const failure = await loadNative(async () => {
      await copyOfCpu();
      tf.copyRegisteredKernels("cpu", "tensorflow");
    });
    expect(failure).to.equal(undefined);
    expect(tf.getBackend()).to.equal("tensorflow");
  });

  it("takes a package that loads but can't compute out again", async () => {
    const failure = await loadNative(copyOfCpu);
    expect(failure).to.match(/^@tensorflow\/tfjs-node does not load: .*not registered/);
    expect(registered()).to.equal(false);
  });

  it("refuses a package that registers no backend", async () => {
    expect(await loadNative(async () => {})).to.match(/^@tensorflow\/tfjs-node does not load: .*not found/);
  });
});
