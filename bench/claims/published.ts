import { readFileSync } from "node:fs";
import { join } from "node:path";

interface SpeedRow {
  readonly device: string;
  readonly runtime: string;
  readonly model: string;
  readonly float32Ms: number;
  readonly int8Ms: number;
}

interface ModelRow {
  readonly model: string;
  readonly quantity: string;
  readonly value: number;
}

const published: { readonly speed: readonly SpeedRow[]; readonly models: readonly ModelRow[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, "published.json"), "utf8"),
);

/** float32 time over int8 time, of the published pairs of a device. */
export function publishedSpeedUps(device: string): readonly number[] {
  return published.speed.filter((row) => row.device === device).map((row) => row.float32Ms / row.int8Ms);
}

export const publishedDevices: readonly string[] = [...new Set(published.speed.map(({ device }) => device))];

export function publishedFigure(model: string, quantity: string): number {
  const row = published.models.find((one) => one.model === model && one.quantity === quantity);
  if (!row) throw new Error(`published.json has no ${quantity} of ${model}`);
  return row.value;
}
