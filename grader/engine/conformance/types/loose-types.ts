import type * as typescript from "typescript";
import { programOf, ts } from "./tslab-typescript.js";

/** A subpath's exports, and where tslab's TypeScript sees `any` in them. */
export interface SubpathTypes {
  readonly subpath: string;
  readonly exported: readonly ExportedValue[];
  /** "fit › result › steps", one for each place. */
  readonly loose: readonly string[];
}

/** A value that a module exports, and a cell's line that uses it wrongly. */
export interface ExportedValue {
  readonly name: string;
  readonly wrongUse: string;
}

/**
 * Everything that the modules export, as tslab's TypeScript reads it from a notebook in this folder. Types are
 * followed into the declarations below `ours`.
 */
export function typesOf(folder: string, subpaths: readonly string[], ours: string): readonly SubpathTypes[] {
  const lines = subpaths.map((subpath, i) => `import * as m${i} from ${JSON.stringify(subpath)};`);
  const { program, file } = programOf(folder, lines.join("\n"));
  const checker = program.getTypeChecker();
  const imports = program.getSourceFile(file)?.statements.filter(ts.isImportDeclaration) ?? [];
  return subpaths.map((subpath, i) => {
    const declaration = imports[i];
    const module = declaration && checker.getSymbolAtLocation(declaration.moduleSpecifier);
    if (!module) return { subpath, exported: [], loose: ["not found"] };
    const exports = checker.getExportsOfModule(module).map((symbol) => named(checker, symbol));
    const search = new Search(checker, declaration, ours);
    for (const one of exports) search.export(one);
    const values = exports.filter(({ symbol }) => symbol.flags & ts.SymbolFlags.Value);
    const exported = values.map((value) => wrongUseOf(checker, value, declaration));
    return { subpath, exported, loose: search.found };
  });
}

interface Exported {
  readonly name: string;
  /** What the name stands for, wherever that is declared. */
  readonly symbol: typescript.Symbol;
}

function named(checker: typescript.TypeChecker, symbol: typescript.Symbol): Exported {
  const isAlias = symbol.flags & ts.SymbolFlags.Alias;
  return { name: symbol.name, symbol: isAlias ? checker.getAliasedSymbol(symbol) : symbol };
}

/** Looks through a type, and all that it is made of, for `any`. */
class Search {
  readonly found: string[] = [];
  readonly #seen = new Set<typescript.Type>();
  readonly #checker: typescript.TypeChecker;
  readonly #place: typescript.Node;
  readonly #ours: string;

  constructor(checker: typescript.TypeChecker, place: typescript.Node, ours: string) {
    this.#checker = checker;
    this.#place = place;
    this.#ours = ours;
  }

  export({ name, symbol }: Exported): void {
    const { Value, Type } = ts.SymbolFlags;
    if (symbol.flags & Value) this.#visit(this.#checker.getTypeOfSymbolAtLocation(symbol, this.#place), name);
    if (symbol.flags & Type) this.#visit(this.#checker.getDeclaredTypeOfSymbol(symbol), name);
  }

  #visit(type: typescript.Type, path: string): void {
    if (type.flags & ts.TypeFlags.Any) this.found.push(path);
    if (this.#seen.has(type)) return;
    this.#seen.add(type);
    for (const [part, name] of partsOf(this.#checker, type)) this.#visit(part, `${path}${name}`);
    // What others declare (Map, a tensor of another library) is theirs; what stands in it was visited above.
    if (type.flags & ts.TypeFlags.Object && this.#isOurs(type)) this.#visitMembers(type, path);
  }

  /** Whether edgelab declares it; a mapped type, which nobody declares, is looked into as well. */
  #isOurs({ symbol }: typescript.Type): boolean {
    const files = symbol?.declarations?.map((node) => node.getSourceFile().fileName) ?? [];
    return files.every((file) => file.startsWith(`${this.#ours}/`));
  }

  #visitMembers(type: typescript.Type, path: string): void {
    for (const property of type.getProperties()) {
      this.#visit(
        this.#checker.getTypeOfSymbolAtLocation(property, this.#place),
        `${path} › ${property.name}`,
      );
    }
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      for (const parameter of signature.getParameters()) {
        const of = this.#checker.getTypeOfSymbolAtLocation(parameter, this.#place);
        this.#visit(of, `${path}(${parameter.name})`);
      }
      this.#visit(signature.getReturnType(), `${path} › result`);
    }
    for (const { type: value } of this.#checker.getIndexInfosOfType(type))
      this.#visit(value, `${path} › [key]`);
  }
}

function partsOf(
  checker: typescript.TypeChecker,
  type: typescript.Type,
): readonly (readonly [typescript.Type, string])[] {
  if (type.isUnionOrIntersection()) return type.types.map((part) => [part, ""] as const);
  const constraint =
    type.flags & ts.TypeFlags.Instantiable ? checker.getBaseConstraintOfType(type) : undefined;
  const reference = type.flags & ts.TypeFlags.Object && (type as typescript.ObjectType).objectFlags;
  const isReference = reference && reference & ts.ObjectFlags.Reference;
  const held = isReference ? checker.getTypeArguments(type as typescript.TypeReference) : [];
  const aliased = type.aliasTypeArguments ?? [];
  return [
    ...(constraint ? [[constraint, ""] as const] : []),
    ...held.map((part) => [part, "<>"] as const),
    ...aliased.map((part) => [part, "<>"] as const),
  ];
}

/** A call with a symbol for its first parameter of a known type; the value as a symbol, where it has none. */
function wrongUseOf(
  checker: typescript.TypeChecker,
  { name, symbol }: Exported,
  place: typescript.Node,
): ExportedValue {
  const [call] = checker.getTypeOfSymbolAtLocation(symbol, place).getCallSignatures();
  const parameters = call?.getParameters() ?? [];
  const known = parameters.findIndex((parameter) => {
    const { flags } = checker.getTypeOfSymbolAtLocation(parameter, place);
    return !(flags & (ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter));
  });
  if (known < 0) return { name, wrongUse: `{ const wrong: symbol = ${name}; }` };
  const given = parameters.map((_, i) => (i === known ? "Symbol()" : "undefined as never"));
  return { name, wrongUse: `${name}(${given.join(", ")});` };
}
