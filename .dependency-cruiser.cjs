/** Imports run one way: core <- devices, testing, lab; notebook and grader stand above and apart. */
const only = (name, from, allowed) => ({
  name,
  severity: "error",
  from: { path: from, pathNot: "\\.(test|peer)\\.ts$" },
  to: { path: "^(src|devices|grader|labs|examples|bench)/", pathNot: [from, ...allowed] },
});

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    only("core-imports-nothing-above", "^src/core/", []),
    only("testing-imports-core", "^src/testing/", ["^src/core/"]),
    only("lab-imports-core", "^src/lab/", ["^src/core/"]),
    only("devices-import-core", "^devices/", ["^src/core/"]),
    only("notebook-stands-above", "^src/notebook/", ["^src/(core|lab|testing)/", "^devices/"]),
    only("grader-stands-above", "^grader/", ["^src/(core|lab|testing)/", "^devices/"]),
    {
      name: "core-has-no-effects",
      comment: "No file system, network, process or clock in the library.",
      severity: "error",
      from: { path: "^src/core/", pathNot: ["\\.(test|peer)\\.ts$", "^src/core/(onnx/run|benchmark)/"] },
      to: { dependencyTypes: ["core"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    exclude: { path: "^dist/" },
  },
};
