import type { IsolationBackend, Jail, JailSpec } from "../sandbox/jail.js";

/** Adds up what all jails of a backend take of the processors, those that have ended among them. */
export class CpuMeter {
  readonly #running = new Set<Jail>();
  #endedMs = 0;

  /** As of the watchdog's last look: up to 50 ms late for jails that run. */
  get cpuMs(): number {
    return [...this.#running].reduce((sum, jail) => sum + jail.usage().cpuMs, this.#endedMs);
  }

  /** The same backend, measured. */
  over(backend: IsolationBackend): IsolationBackend {
    return { kind: backend.kind, probe: () => backend.probe(), spawn: (spec) => this.#spawn(backend, spec) };
  }

  #spawn(backend: IsolationBackend, spec: JailSpec): Jail {
    const jail = backend.spawn(spec);
    this.#running.add(jail);
    void jail.ended.then(() => {
      this.#running.delete(jail);
      this.#endedMs += jail.usage().cpuMs;
    });
    return jail;
  }
}
