/**
 * TypeScript's builder looks up, for every file of every program, which files it refers to, and tslab makes
 * two programs for each cell. The library's declarations never change in a jail, so what they refer to is
 * looked up once. Cells, the declarations of earlier cells and modules are looked up each time, as before.
 */
export interface BuilderTypeScript {
  readonly BuilderState: {
    create(program: Program, oldState: object | undefined, flag?: boolean): State;
  };
}

interface SourceFile {
  readonly fileName: string;
  readonly resolvedPath: string;
  readonly isDeclarationFile: boolean;
  imports: readonly object[];
  moduleAugmentations: readonly object[];
}

interface Program {
  getSourceFiles(): readonly SourceFile[];
  getTypeChecker(): object;
}

interface State {
  readonly referencedMap?: {
    set(path: string, references: ReadonlySet<string>): void;
    getValues(path: string): ReadonlySet<string> | undefined;
  };
}

const none: readonly object[] = [];

export function rememberReferences({ BuilderState }: BuilderTypeScript): void {
  const lookUp = BuilderState.create;
  const known = new WeakMap<SourceFile, ReadonlySet<string>>();
  BuilderState.create = (program, oldState, flag) => {
    // The checker reads what is hidden below, so it is made first.
    program.getTypeChecker();
    const library = program.getSourceFiles().filter((file) => file.isDeclarationFile && !isOfCells(file));
    const hidden = library
      .filter((file) => known.has(file))
      .map((file) => ({ file, imports: file.imports, moduleAugmentations: file.moduleAugmentations }));
    for (const { file } of hidden) Object.assign(file, { imports: none, moduleAugmentations: none });
    let state: State;
    try {
      state = lookUp(program, oldState, flag);
    } finally {
      for (const { file, ...kept } of hidden) Object.assign(file, kept);
    }
    for (const file of library) {
      const references = known.get(file);
      if (references) state.referencedMap?.set(file.resolvedPath, references);
      else known.set(file, new Set(state.referencedMap?.getValues(file.resolvedPath)));
    }
    return state;
  };
}

function isOfCells({ fileName }: SourceFile): boolean {
  return fileName.endsWith("/__prev__.d.ts");
}
