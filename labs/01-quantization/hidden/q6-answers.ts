import {
  finiteNumber,
  integer,
  numbers,
  record,
  reject,
  type Student,
  sameIntegers,
  typedArray,
} from "edgelab/testing";
import type { CodedLayer, FloatLayer, Params } from "./q6-network.js";

/** The student's functions, with what they return checked for its form. */
export function answersOf(student: Pick<Student, "call">) {
  async function calibrate(batches: Record<string, Float32Array[]>): Promise<Record<string, Params>> {
    const names = Object.keys(batches);
    const all = record(await student.call("calibrate", batches), names, "calibrate");
    return Object.fromEntries(
      names.map((name) => {
        const { scale, zeroPoint } = record(all[name], ["scale", "zeroPoint"], name);
        const checked = {
          scale: finiteNumber(scale, `scale of ${name}`),
          zeroPoint: integer(zeroPoint, `zeroPoint of ${name}`),
        };
        return [name, checked];
      }),
    );
  }

  async function quantize(layers: FloatLayer[], activations: Record<string, Params>): Promise<CodedLayer[]> {
    const coded = await student.call("quantizeNetwork", layers, activations);
    if (!Array.isArray(coded) || coded.length !== layers.length) {
      reject(`quantizeNetwork: expected an array of ${layers.length} layers`); // public
    }
    return layers.map(({ name, input, shape, weights, bias }, i) => {
      const fields = ["name", "input", "shape", "codes", "scales", "bias"] as const;
      const layer = record(coded[i], fields, `layer ${i}`);
      if (layer.name !== name || layer.input !== input) reject(`layer ${i}: its name or its input changed`);
      sameIntegers(layer.shape, shape, `shape of layer ${i}`);
      return {
        ...{ name, input, shape },
        codes: typedArray(layer.codes, Int8Array, weights.length, `codes of layer ${i}`),
        scales: numbers(layer.scales, bias.length, `scales of layer ${i}`),
        bias: typedArray(layer.bias, Int32Array, bias.length, `bias of layer ${i}`),
      };
    });
  }

  return { calibrate, quantize };
}
