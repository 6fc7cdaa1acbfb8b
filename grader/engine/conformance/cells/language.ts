import type { NamedCell } from "../cells.js";

const declarations: readonly NamedCell[] = [
  [
    "declares for later cells",
    "const half = 0.5;\nfunction scale(x: number): number { return x * half; }\nscale(3)",
  ],
  ["uses what an earlier cell declared", "scale(8) + half"],
  ["redeclares a const with another type", 'const half = "a half";\nhalf'],
  ["leaves earlier functions the binding that they were written with", "scale(3)"],
  [
    "redeclares a function with another signature",
    "function scale(x: string): string { return x + half; }\nscale('b')",
  ],
  ["refuses a call of the signature that was replaced", "scale(3)"],
  ["redeclares a let", "let steps = 1;\nsteps += 1;"],
  ["redeclares a let with another type", 'let steps = "two";\nsteps'],
  [
    "declares a class",
    "class Layer { readonly kind = 'dense'; constructor(readonly units: number) {} }\nconst dense = new Layer(4);\ndense",
  ],
  ["redeclares a class", "class Layer { readonly kind = 'conv'; }\n[new Layer(), dense instanceof Layer]"],
  [
    "changes a variable from its own cell's function",
    "let i = 0;\nfunction inc() { i++; return i; }\ninc();\ninc()",
  ],
  ["does not see what a later cell assigns", "i = 10;\ninc()"],
  ["reads what that function left", "i"],
  ["refuses to assign to a const of an earlier cell", "dense = new Layer(2);"],
  [
    "declares by destructuring",
    "const { a, ...rest } = { a: 1, b: 2, c: 3 };\nconst [first, , third = 9] = [1, 2];\nconsole.log(a, rest, first, third);",
  ],
  ["declares with var, more than once", "var total = 1;\nvar total = 2;\ntotal"],
  [
    "calls a function before its declaration",
    "early(2);\nfunction early(x: number) { return x + 1; }\nearly(1)",
  ],
  ["shadows a global", "const process = 5;\nprocess"],
  ["keeps a block's names inside of the block", "{ const inner = 1; var outer = 2; }\nouter"],
  ["does not know a block's const outside", "inner"],
  ["has no name of a loop afterwards", "for (let k = 0; k < 3; k++) {}\nk"],
];

const types: readonly NamedCell[] = [
  [
    "refuses a cell with a type error as a whole",
    "console.log('never printed');\nconst wrong: number = 'text';",
  ],
  ["does not know what a refused cell declared", "wrong + 1"],
  ["goes on after the dependants of a refused cell", "const right: number = 4;\nright * 2"],
  ["reports each type error of a cell", "const p: string = 1;\nconst q: boolean = 'no';\nundeclared();"],
  ["refuses a function that lacks its return value", "function empty(x: number): number {}"],
  [
    "accepts a missing null check, because strict is off",
    "function length(x?: string) { return x.length; }\nlet text: string = null;\nlength('four')",
  ],
  ["accepts a parameter without a type", "function identity(x) { return x; }\nidentity('untyped')"],
  [
    "knows interfaces, aliases and unions later",
    "interface Range { readonly min: number; readonly max: number }\ntype Bits = 4 | 8;\ntype Shape = readonly number[];",
  ],
  [
    "checks against an interface of an earlier cell",
    "const range: Range = { min: -1, max: 1 };\nconst bits: Bits = 8;\nrange",
  ],
  ["refuses what the interface of an earlier cell forbids", "range.min = 3;\nconst three: Bits = 3;"],
  [
    "has enums and const enums",
    "enum Mode { Off, On = 4, Auto }\nconst enum Kind { A = 'a', B = 'b' }\nconsole.log(Mode, Mode[4], Kind.B);",
  ],
  ["uses an enum of an earlier cell", "Mode.Auto"],
  [
    "has namespaces",
    "namespace units { export const kilo = 1000; export function toKilo(x: number) { return x / kilo; } }\nunits.toKilo(2500)",
  ],
  [
    "has generics with constraints and defaults",
    "function pluck<T extends object, K extends keyof T = keyof T>(from: T, key: K): T[K] { return from[key]; }\npluck({ n: 3 }, 'n').toFixed(1)",
  ],
  [
    "has satisfies, as const and const type parameters",
    "const config = { bits: 8 } satisfies { bits: number };\nfunction tuple<const T>(x: T) { return x; }\nconst pair: readonly ['a', 1] = tuple(['a', 1]);\nconst frozen = [1, 2] as const;\nconsole.log(config, pair, frozen);",
  ],
  [
    "has overloads and type guards",
    "function twice(x: string): string;\nfunction twice(x: number): number;\nfunction twice(x: any): any { return x + x; }\nconst isText = (x: unknown): x is string => typeof x === 'string';\nconsole.log(twice(2), twice('ab'), isText('a'));",
  ],
  [
    "has private fields, accessors and static blocks",
    "class Counter { #n = 0; accessor step = 2; static made = 0; static { Counter.made = 7; } get n() { return this.#n; } tick() { this.#n += this.step; return this; } }\nconst counter = new Counter().tick().tick();\nconsole.log(counter.n, Counter.made, counter);",
  ],
  ["refuses to read a private field", "counter.#n"],
  [
    "has abstract classes and overrides",
    "abstract class Op { abstract run(x: number): number; twice(x: number) { return this.run(this.run(x)); } }\nclass Inc extends Op { override run(x: number) { return x + 1; } }\nnew Inc().twice(1)",
  ],
  [
    "refuses a standard decorator",
    "function logged(value: Function, context: ClassMethodDecoratorContext) { return value; }\nclass Decorated { @logged run() {} }",
  ],
  ["refuses using", "using resource = { [Symbol.dispose]() {} };"],
  ["refuses JSX", "const element = <b>bold</b>;"],
  ["refuses what came after ES2022", "[3, 1, 2].toSorted()"],
  ["refuses export of a const", "export const exported = 1;"],
  ["refuses export of a function", "export function exportedFunction() { return 1; }"],
  ["reports a syntax error", "const = 5;"],
  ["reports a missing brace", "function open() {"],
  ["runs as a sloppy function", "(function () { return [this === globalThis, typeof this]; })()"],
  ["runs a cell that is only a comment", "// nothing to do\n/* nothing */"],
  ["runs a cell that is only types", "type Only = string;"],
  ["treats a directive as an expression", "'use strict';"],
];

const errors: readonly NamedCell[] = [
  ["reports a throw", "const beforeThrow = 1;\nlet kept = 1;\nthrow new Error('first');"],
  ["does not know what a throwing cell declared", "beforeThrow"],
  ["declares before a throw that assigns", "let assigned = 'old';"],
  ["keeps what a throwing cell assigned", "assigned = 'new';\n(null as any).x;"],
  ["reads what the throwing cell assigned", "assigned"],
  ["reports a thrown text", "throw 'just text';"],
  ["reports a thrown object", "throw { code: 7, nested: { why: 'because' } };"],
  ["reports a thrown undefined", "throw undefined;"],
  ["reports an error with a cause", "throw new RangeError('outer', { cause: new TypeError('inner') });"],
  [
    "reports an error with fields",
    "class LabProblem extends Error { name = 'LabProblem'; code = 'E1'; }\nthrow new LabProblem('mine');",
  ],
  [
    "reports an error of an earlier cell's function",
    "function fails(x: number): number { throw new Error('fails(' + x + ')'); }",
  ],
  ["reports it from the cell that calls", "fails(2)"],
  [
    "reports the end of the stack",
    "function endless(n: number): number { return endless(n + 1) + 1; }\ntry { endless(0) } catch (e) { console.log(e instanceof RangeError, e.message); }",
  ],
  [
    "keeps a caught error inside",
    "try { fails(1); } catch (e) { console.log('caught', e.message); } finally { console.log('finally'); }",
  ],
];

const asynchronous: readonly NamedCell[] = [
  ["awaits at the top", "const seven = await Promise.resolve(7);\nseven"],
  ["shows an awaited last expression", "await Promise.resolve('awaited')"],
  ["does not await a promise that is shown", "Promise.resolve(5)"],
  ["cannot await in parentheses", "await (Promise.resolve(1));"],
  ["cannot await a function called in place", "await (async () => 5)()"],
  ["can do so beside another await", "await null;\nawait (async () => 6)()"],
  [
    "cannot for await at the top",
    "async function* ones() { yield 1; yield 1; }\nfor await (const one of ones()) console.log(one);",
  ],
  [
    "can do so beside another await, with a generator",
    "await null;\nasync function* counting() { yield 1; yield 2; }\nfor await (const n of counting()) console.log('n', n);",
  ],
  ["reports a refused await", "await Promise.reject(new Error('refused'));"],
  ["reports a refused await of a text", "await Promise.reject('refused text');"],
  ["throws after an await", "const beforeAwait = 1;\nawait null;\nthrow new TypeError('after await');"],
  ["does not know what that cell declared", "beforeAwait"],
  [
    "runs promises side by side",
    "const order: string[] = [];\nconst wait = (ms: number, name: string) => new Promise<string>((done) => setTimeout(() => { order.push(name); done(name); }, ms));\nconst all = await Promise.all([wait(60, 'slow'), wait(5, 'fast')]);\nconsole.log(all, order);",
  ],
  [
    "settles all",
    "await Promise.allSettled([Promise.resolve(1), Promise.reject(new Error('no')).catch((e) => e.message)])",
  ],
  ["uses an async generator and a generator", "function* pairs() { yield* [[1, 2], [3, 4]]; }\n[...pairs()]"],
  [
    "awaits in a loop and leaves it",
    "let rounds = 0;\nwhile (true) { await null; if (++rounds === 5) break; }\nrounds",
  ],
  [
    "has a lexical this and arguments in async arrows",
    "const sum = async (...xs: number[]) => xs.reduce((s, x) => s + x, 0);\nawait sum(1, 2, 3)",
  ],
  [
    "declares with await in a pattern",
    "const { x: px, y: py = await Promise.resolve(4) } = await Promise.resolve({ x: 3 } as { x: number; y?: number });\npx * py",
  ],
];

export const languageCells: readonly NamedCell[] = [...declarations, ...types, ...errors, ...asynchronous];
